import sharp from "sharp";
import { type Block, setPdf } from "./pdf.ts";

export interface DemoFile {
  filename: string;
  contentType: string;
  bytes: Buffer;
}

const pdf = async (filename: string, script: Parameters<typeof setPdf>[0]): Promise<DemoFile> => ({
  filename,
  contentType: "application/pdf",
  bytes: await setPdf(script),
});
const text = (filename: string, contentType: string, lines: string[]): DemoFile => ({
  filename,
  contentType,
  bytes: Buffer.from(`${lines.join("\n")}\n`),
});
const heading = (value: string): Block => ({ kind: "heading", text: value });
const prose = (...values: string[]): Block[] => values.map((value) => ({ kind: "text", text: value }));

/** A drawn landscape: hills, water and a sun, different for each hue. */
async function picture(filename: string, hue: number): Promise<DemoFile> {
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="1600" height="1066">
    <defs><linearGradient id="s" x1="0" y1="0" x2="0" y2="1"><stop offset="0" stop-color="hsl(${hue},45%,82%)"/><stop offset="1" stop-color="hsl(${hue - 20},60%,93%)"/></linearGradient></defs>
    <rect width="1600" height="1066" fill="url(#s)"/><circle cx="${300 + hue * 3}" cy="300" r="90" fill="hsl(${hue - 160},85%,88%)"/>
    <path d="M0 620 Q 260 430 520 590 T 1060 560 T 1600 520 V1066 H0Z" fill="hsl(${hue},28%,62%)"/>
    <path d="M0 730 Q 380 560 760 720 T 1600 660 V1066 H0Z" fill="hsl(${hue + 8},30%,46%)"/>
    <path d="M0 860 Q 420 760 840 850 T 1600 820 V1066 H0Z" fill="hsl(${hue + 14},34%,30%)"/></svg>`;
  return {
    filename,
    contentType: "image/jpeg",
    bytes: await sharp(Buffer.from(svg)).jpeg({ quality: 86 }).toBuffer(),
  };
}

const species: [name: string, latin: string, note: string][] = [
  [
    "Common redshank",
    "Tringa totanus",
    "The warden of the marsh: the first to call when someone walks the dyke. Orange legs, white wing bars in flight.",
  ],
  [
    "Eurasian oystercatcher",
    "Haematopus ostralegus",
    "Pairs return to the same few square metres each spring. Opens cockles with one blow; the young learn it in a summer.",
  ],
  [
    "Black-tailed godwit",
    "Limosa limosa",
    "Stands in water up to the belly. In April the males tumble over the wet meadows with a drawn-out, mewing call.",
  ],
  [
    "Pied avocet",
    "Recurvirostra avosetta",
    "Sweeps its upturned bill through the silt. Numbers have doubled since the sluice was rebuilt in 2019.",
  ],
  [
    "Northern lapwing",
    "Vanellus vanellus",
    "Nests on bare ground. Please keep to the boards between March and June; one alarm costs a clutch.",
  ],
  [
    "Bearded reedling",
    "Panurus biarmicus",
    "Heard before it is seen: a soft pinging in the reeds on still mornings. Feeds on seeds in winter.",
  ],
  [
    "Marsh harrier",
    "Circus aeruginosus",
    "Quarters the reed bed low, wings raised in a V. Passes food to the female in the air.",
  ],
  [
    "Spoonbill",
    "Platalea leucorodia",
    "Eleven pairs in the alder carr. Sleeps through the day and fishes at dusk with the falling tide.",
  ],
];

/** The documents of the field study. */
export async function fieldStudy(): Promise<DemoFile[]> {
  const counts: [string, number][] = [
    ["Redshank", 214],
    ["Avocet", 371],
    ["Godwit", 96],
    ["Lapwing", 158],
    ["Spoonbill", 22],
  ];
  return [
    await pdf("Birds of the estuary.pdf", {
      title: "Birds of the estuary",
      subtitle: "A field guide to eight breeding species",
      author: "Anna Berg and the Thursday group",
      hasCover: true,
      blocks: species.flatMap(([name, latin, note], index) => [
        heading(`${index + 1}. ${name}`),
        ...prose(
          latin,
          note,
          "Look for it from the western hide two hours after high water, when the flats fall dry and the birds come in from the roost. Count from left to right and note the wind: on easterly days half of them stay behind the island.",
        ),
        ...prose(
          "Breeding, wintering and passage are marked in the table at the end of the guide. Rings are read with a telescope only; send readings to the station the same evening.",
        ),
      ]),
    }),
    await pdf("Spring count 2026.pdf", {
      title: "Spring count 2026",
      subtitle: "Results of the six count days, 14 March to 30 May",
      author: "Marc Klein",
      blocks: [
        ...prose(
          "Six counts were made at rising water from the three hides. Visibility was good on five of the six days. Figures are the highest simultaneous count of each species.",
        ),
        { kind: "bars", label: "Highest simultaneous count per species", values: counts },
        {
          kind: "table",
          rows: [
            ["Species", "2024", "2025", "2026"],
            ["Redshank", "198", "207", "214"],
            ["Avocet", "302", "344", "371"],
            ["Black-tailed godwit", "120", "103", "96"],
            ["Lapwing", "171", "160", "158"],
            ["Spoonbill", "14", "19", "22"],
          ],
        },
        heading("What changed"),
        ...prose(
          "The new sluice keeps the western basin wet until June, which avocet and spoonbill took to at once. Godwit numbers fall for the third year; the meadows behind the dyke were mown ten days too early again.",
          "We propose to agree a mowing date with the three tenants before February, and to mark the four known territories.",
        ),
      ],
    }),
    await picture("Western basin at dawn.jpg", 190),
    await picture("Island from the hide.jpg", 160),
    text("Count days.csv", "text/csv", [
      "date,hide,observer,wind,species,count",
      "2026-03-14,West,Anna Berg,NW 3,Avocet,212",
      "2026-03-14,North,Marc Klein,NW 3,Redshank,88",
      "2026-04-04,West,Chika Ito,E 2,Avocet,371",
      "2026-04-04,Island,Anna Berg,E 2,Spoonbill,22",
      "2026-05-30,North,Marc Klein,SW 4,Lapwing,158",
    ]),
    text("Notes from the hide.md", "text/markdown", [
      "# Notes from the hide",
      "",
      "**4 April.** Low fog until eight. Then the avocets, all at once, from behind the island.",
      "",
      "- bring the second telescope",
      "- the third board after the bridge is loose",
      "- ask the station about ring *BH-2041*",
    ]),
  ];
}

/** Papers of a small office. */
export async function officePapers(): Promise<DemoFile[]> {
  return [
    await pdf("Annual report 2025.pdf", {
      title: "Annual report 2025",
      subtitle: "Foundation for the Estuary",
      author: "Foundation for the Estuary",
      hasCover: true,
      blocks: [
        heading("A word at the beginning"),
        ...prose(
          "It was the year of the sluice. After four years of hearings, drawings and two withdrawn offers, water was let into the western basin on 3 March. What the study of 2019 hoped for in a decade took one summer.",
          "We thank 312 members, eleven volunteers who count in any weather, and the neighbours who put up with the pile driver.",
        ),
        heading("Figures"),
        {
          kind: "bars",
          label: "Income in thousand euro",
          values: [
            ["2021", 84],
            ["2022", 97],
            ["2023", 118],
            ["2024", 121],
            ["2025", 146],
          ],
        },
        {
          kind: "table",
          rows: [
            ["Item", "2024", "2025"],
            ["Membership fees", "38,400", "41,250"],
            ["Donations", "52,100", "61,900"],
            ["Public funds", "30,500", "42,850"],
            ["Sum", "121,000", "146,000"],
          ],
        },
        heading("Outlook"),
        ...prose(
          "In 2026 the northern hide will be rebuilt without steps. The education programme moves into the old pump house; the first school classes come in April.",
        ),
      ],
    }),
    await pdf("Lease of the pump house.pdf", {
      title: "Lease agreement",
      subtitle: "Pump house, Deichweg 4",
      author: "Foundation for the Estuary",
      blocks: ["Subject", "Term", "Rent", "Upkeep", "Access", "Ending"].flatMap((name, index) => [
        heading(`§ ${index + 1} ${name}`),
        ...prose(
          "The lessor lets the pump house with the adjoining yard of 240 square metres to the foundation for use as a place of learning. The parties know the state of the building; the survey of May 2025 is part of this agreement.",
          "Changes to the outside need the lessor's consent in writing. Consent is considered given when the lessor does not answer within six weeks.",
        ),
      ]),
    }),
    await pdf("Invoice 2026-014.pdf", {
      title: "Invoice 2026-014",
      subtitle: "Timber Works Hinrichs · 12 February 2026",
      author: "Timber Works Hinrichs",
      blocks: [
        {
          kind: "table",
          rows: [
            ["Item", "Quantity", "Price", "Sum"],
            ["Larch boards, 40 mm", "62 m", "18.50", "1,147.00"],
            ["Stainless screws", "8 boxes", "31.00", "248.00"],
            ["Delivery", "1", "95.00", "95.00"],
            ["Total", "", "", "1,490.00"],
          ],
        },
        ...prose("Payable within 14 days. The boards are from local, certified forests."),
      ],
    }),
  ];
}

/** What people read together. */
export async function readingGroup(): Promise<DemoFile[]> {
  const essay =
    "Whoever copies a text by hand reads it at the pace at which it was written. The eye, which is quick and vain, must wait for the wrist; and in the waiting it sees what it would have passed over: the second comma, the word that returns, the place where the writer, too, was tired.";
  return [
    await pdf("On copying by hand.pdf", {
      title: "On copying by hand",
      subtitle: "An essay in five parts",
      author: "Chika Ito",
      blocks: [1, 2, 3, 4, 5].flatMap((part) => [
        heading(`Part ${part}`),
        ...prose(
          essay,
          "Scribes knew this and complained of it. In the margins they left their cold fingers, the smoke of the candle, the hour. We leave nothing in the margins any more; our copies are perfect and nobody has read them.",
          essay,
        ),
      ]),
    }),
    text("Dates.txt", "text/plain", [
      "Reading group, winter 2026",
      "",
      "28 November   On copying by hand",
      "12 December   to be chosen",
      "16 January    Letters from the dyke",
      "",
      "Seven o'clock, pump house, upstairs.",
    ]),
    await picture("Pump house in winter.jpg", 210),
  ];
}
