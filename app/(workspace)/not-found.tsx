import NotFound from "../not-found.tsx";

/** Keeps the side bar around the message. */
export default NotFound;
