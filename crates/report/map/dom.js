// Elements, built and never parsed: what strangers typed can only ever be text.

/** An element with attributes and children; texts become text. */
function make(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else if (value === true) element.setAttribute(key, "");
    else if (value !== false && value !== null && value !== undefined) element.setAttribute(key, value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

function byId(id) {
  return document.getElementById(id);
}

/** Says something to those who do not see the page. */
function say(text) {
  byId("spoken").textContent = text;
}

/** Calls `act` once after calls have ceased for so many milliseconds; `waiting` tells whether a call is still to come. */
function settled(act, wait) {
  let timer = 0;
  const later = () => {
    clearTimeout(timer);
    later.waiting = true;
    timer = setTimeout(() => {
      later.waiting = false;
      act();
    }, wait);
  };
  later.waiting = false;
  return later;
}

/** Fits a canvas to its box and the screen's pixels; what is drawn is in CSS pixels. */
function sizedContext(canvas, width, height) {
  const ratio = window.devicePixelRatio || 1;
  const wide = Math.round(width * ratio);
  const high = Math.round(height * ratio);
  if (canvas.width !== wide || canvas.height !== high) {
    canvas.width = wide;
    canvas.height = high;
  }
  const context = canvas.getContext("2d");
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, width, height);
  return context;
}
