// Colours, told apart by the colour-blind as well, in a light and a dark set.

const THEMES = {
  light: {
    water: "#dce6ec",
    land: "#f6f4ef",
    coast: "#b3bec6",
    port: "#5d6b76",
    label: "#2f3b45",
    halo: "#ffffff",
    board: "rgba(255,255,255,0.93)",
    boardEdge: "#c3ccd3",
    text: "#1c2730",
    muted: "#5b6873",
    rule: "#dde3e8",
    lane: "#eef2f5",
    panel: "#ffffff",
    gap: "#6b7680",
    inferred: "#b0157f",
    warning: "#c4320a",
    focus: "#0b57d0",
    glow: "#ffd21f",
    unknown: "#6b7680",
    vessels: ["#0063a8", "#c44d00", "#007f5f", "#946800", "#5b4bb5", "#2c86ad", "#8a4b2a", "#5d7700", "#aa3155", "#2f4f8f", "#00737d", "#5a5a5a"],
    grades: { D1: "#ffffff", D2: "#f0bfdf", D3: "#d65cab", D4: "#8e0f66" },
    verdicts: { confirmed: "#00734f", possible: "#c07600", contradicted: "#c4320a", "unknown vessel": "#4d5b67", "outside the data": "#8b98a3", "left out": "#8b98a3" },
  },
  dark: {
    water: "#0f161c",
    land: "#1c252d",
    coast: "#43525e",
    port: "#8b99a5",
    label: "#d3dce4",
    halo: "#0d1318",
    board: "rgba(22,29,36,0.93)",
    boardEdge: "#3b4853",
    text: "#e5ebf0",
    muted: "#9aa7b2",
    rule: "#2b3640",
    lane: "#1d262e",
    panel: "#161d24",
    gap: "#8f9ba6",
    inferred: "#ff7cc8",
    warning: "#ff7f5c",
    focus: "#8ab8ff",
    glow: "#a38a1c",
    unknown: "#9aa7b2",
    vessels: ["#5ab0ff", "#ff9447", "#3fd1a2", "#f0c040", "#b9a5ff", "#8fdcff", "#d9a98c", "#b8d45a", "#ff94b4", "#9db4ff", "#4fd6df", "#c4c4c4"],
    grades: { D1: "#161d24", D2: "#6b2c55", D3: "#c04c96", D4: "#ff9dd6" },
    verdicts: { confirmed: "#4fd6a5", possible: "#f2b53c", contradicted: "#ff7f5c", "unknown vessel": "#a9b6c1", "outside the data": "#71808c", "left out": "#71808c" },
  },
};

function vesselColour(vessel, theme) {
  return vessel.id === "" ? theme.unknown : theme.vessels[vessel.rank % theme.vessels.length];
}

/** "#rrggbb" as three numbers. */
function channels(colour) {
  const number = Number.parseInt(colour.slice(1), 16);
  return [number >> 16, (number >> 8) & 255, number & 255];
}
