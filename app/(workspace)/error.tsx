"use client";
import ErrorPage from "../error.tsx";

/** Keeps the side bar around the message. */
export default ErrorPage;
