// The map: land and ports below, then what was observed, then what is inferred, then marks.

const FONT = ["sans-serif"];

class MapView {
  constructor(app, polygons) {
    this.app = app;
    this.model = app.model;
    this.tracks = new TrackLayer(app.model);
    this.narrow = matchMedia("(max-width: 760px)");
    this.boards = layBoards(app.model, this.narrow.matches);
    this.narrow.addEventListener("change", () => {
      this.boards = layBoards(app.model, this.narrow.matches);
      this.refresh();
    });
    this.lanes = lanesOf(app.model);
    this.marks = [];
    startWorker();
    const start = app.state.view ?? null;
    this.map = new maplibregl.Map({
      container: "map",
      style: this.style(polygons),
      bounds: start ? undefined : this.usualBounds(),
      fitBoundsOptions: { padding: this.padding(this.usualBounds()), maxZoom: 10 },
      center: start ? [start.lon, start.lat] : undefined,
      zoom: start ? start.zoom : undefined,
      dragRotate: false,
      pitchWithRotate: false,
      touchPitch: false,
      rollEnabled: false,
      maxPitch: 0,
      attributionControl: false,
      fadeDuration: 0,
      maxZoom: 18,
    });
    this.map.touchZoomRotate.disableRotation();
    this.map.keyboard.disableRotation();
    this.map.addControl(new maplibregl.NavigationControl({ showCompass: false }), "top-right");
    this.map.addControl(new maplibregl.ScaleControl({ unit: "nautical" }), "bottom-left");
    this.map.addControl(new maplibregl.AttributionControl({ compact: false, customAttribution: "Land: Natural Earth. Ports: World Port Index, UN/LOCODE" }));
    this.ready = new Promise((done) => {
      this.map.once("style.load", () => {
        this.loaded = true;
        this.map.addLayer(this.tracks, "gaps");
        this.refresh();
        done();
      });
    });
    this.listen();
  }

  // ---- what is where -------------------------------------------------------------------------

  /** The places that a first look should hold: dark calls and ways to them if there are any, else all events. */
  usualBounds() {
    return this.darkBounds() ?? this.allBounds();
  }

  /** Dark calls, and the ways to them that repeat: a single long one would make all others small. */
  darkBounds() {
    const legs = [...this.model.legs.values()].map((leg) => leg.features).flat();
    const repeated = legs.filter((feature) => feature.properties.pattern_times > 1);
    const calls = this.model.events.filter((event) => event.kind === "dark_calls").map((event) => event.features[0]);
    const places = [];
    for (const feature of [...calls, ...(repeated.length > 0 ? repeated : legs)]) {
      eachPlace(feature.geometry, (lon, lat) => places.push([lon, lat]));
    }
    return padded(boundsOf(places));
  }

  allBounds() {
    const places = [];
    for (const event of this.model.events) {
      if (event.kind === "reach") continue;
      for (const feature of event.features) eachPlace(feature.geometry, (lon, lat) => places.push([lon, lat]));
    }
    const { tracks } = this.model;
    for (let at = 0; at < tracks.length; at += 16) places.push([longitude(tracks.x[at]), latitude(tracks.y[at])]);
    return padded(boundsOf(places)) ?? [-170, -60, 170, 75];
  }

  /** Room for the boards, which lie beside the places that are in the bounds. */
  padding(bounds) {
    const { clientWidth: width, clientHeight: height } = byId("map");
    const padding = { top: Math.min(64, height / 6), bottom: Math.min(48, height / 6), left: 36, right: 36 };
    const [west, south, east, north] = bounds;
    for (const { lon, lat, left, top, width: wide, height: high } of this.boards) {
      if (lon < west || lon > east || lat < south || lat > north) continue;
      padding.left = Math.max(padding.left, 12 - left);
      padding.right = Math.max(padding.right, high > 30 ? 0 : 12 + left + wide);
      padding.top = Math.max(padding.top, 12 - top);
      padding.bottom = Math.max(padding.bottom, 12 + top + high);
    }
    // Some of the map must be left between.
    padding.left = Math.min(padding.left, width * 0.25);
    padding.right = Math.min(padding.right, width * 0.25);
    padding.top = Math.min(padding.top, height * 0.42);
    padding.bottom = Math.min(padding.bottom, height * 0.42);
    return padding;
  }

  fit(bounds) {
    const quick = matchMedia("(prefers-reduced-motion: reduce)").matches;
    this.map.fitBounds(bounds, { padding: this.padding(bounds), maxZoom: 11, animate: !quick, duration: 600 });
  }

  fitVessel(vessel) {
    const places = [];
    for (const event of this.model.events) {
      if (event.vessel !== vessel.index || event.kind === "reach") continue;
      // One by one: a track may have more places than a call may have arguments.
      for (const place of this.placesOf(event)) places.push(place);
    }
    const bounds = padded(boundsOf(places));
    if (bounds) this.fit(bounds);
  }

  /** Every place at which an event is drawn. */
  placesOf(event) {
    const places = [];
    for (const feature of event.features) eachPlace(feature.geometry, (lon, lat) => places.push([lon, lat]));
    const { tracks } = this.model;
    for (const { begin, end } of event.parts ? tracks.parts.slice(...event.parts) : []) {
      for (let at = begin; at < end; at += 1) places.push([longitude(tracks.x[at]), latitude(tracks.y[at])]);
    }
    const { start_lon: lon, start_lat: lat } = event.features[0].properties;
    if (places.length === 0 && typeof lon === "number" && typeof lat === "number") places.push([lon, lat]);
    const { shown_lon: shownLon, shown_lat: shownLat } = event.features[0].properties;
    if (event.kind === "interference" && typeof shownLon === "number" && typeof shownLat === "number") places.push([shownLon, shownLat]);
    return places;
  }

  /** Brings an event into view, unless it is. */
  show(event) {
    const bounds = boundsOf(this.placesOf(event));
    if (!bounds) return;
    const view = this.map.getBounds();
    if (view.contains([bounds[0], bounds[1]]) && view.contains([bounds[2], bounds[3]])) return;
    this.fit(padded(bounds));
  }

  // ---- the style -----------------------------------------------------------------------------

  style(polygons) {
    const none = { type: "FeatureCollection", features: [] };
    const source = (data, more = {}) => ({ type: "geojson", data, ...more });
    return {
      version: 8,
      sources: {
        land: source(
          {
            type: "FeatureCollection",
            features: polygons.map((coordinates) => ({ type: "Feature", properties: {}, geometry: { type: "Polygon", coordinates } })),
          },
          { tolerance: 0.4, buffer: 32 },
        ),
        ports: source(none),
        reach: source(none, { tolerance: 0.5 }),
        interference: source(none, { tolerance: 0.5 }),
        "stop-places": source(none),
        ways: source(none),
        points: source(none),
        places: source(none),
        marks: source(none),
        selected: source(none),
      },
      layers: this.layers(this.app.theme),
    };
  }

  layers(theme) {
    const lane = (pixels) => ["interpolate", ["linear"], ["zoom"], 5, ["*", ["get", "lane"], pixels * 0.5], 9, ["*", ["get", "lane"], pixels]];
    return [
      { id: "water", type: "background", paint: { "background-color": theme.water } },
      { id: "land", type: "fill", source: "land", paint: { "fill-color": theme.land, "fill-antialias": false } },
      { id: "coast", type: "line", source: "land", paint: { "line-color": theme.coast, "line-width": 0.8 } },
      { id: "reach", type: "fill", source: "reach", paint: { "fill-color": theme.inferred, "fill-opacity": ["case", ["==", ["get", "basis"], "cap"], 0.06, 0.1] } },
      { id: "reach-edge", type: "line", source: "reach", paint: { "line-color": theme.inferred, "line-width": 1, "line-opacity": 0.6 } },
      { id: "stop-places", type: "fill", source: "stop-places", paint: { "fill-color": theme.muted, "fill-opacity": 0.14 } },
      { id: "stop-places-edge", type: "line", source: "stop-places", paint: { "line-color": theme.muted, "line-width": 1, "line-opacity": 0.7 } },
      { id: "interference", type: "fill", source: "interference", paint: { "fill-color": theme.warning, "fill-opacity": 0.12 } },
      { id: "interference-edge", type: "line", source: "interference", paint: { "line-color": theme.warning, "line-width": 1.4, "line-opacity": 0.8 } },
      {
        id: "dark-legs-band",
        type: "line",
        source: "ways",
        filter: ["==", ["get", "kind"], "dark_legs"],
        layout: { "line-cap": "round", "line-join": "round" },
        paint: { "line-color": theme.inferred, "line-opacity": 0.035, "line-width": ["interpolate", ["linear"], ["zoom"], 5, 4, 9, 8], "line-offset": lane(8) },
      },
      {
        id: "selected-halo",
        type: "line",
        source: "selected",
        filter: ["==", ["geometry-type"], "LineString"],
        layout: { "line-cap": "round", "line-join": "round" },
        paint: { "line-color": theme.glow, "line-opacity": 0.85, "line-width": 10, "line-offset": lane(8) },
      },
      {
        id: "gaps",
        type: "line",
        source: "ways",
        filter: ["==", ["get", "kind"], "gaps"],
        paint: { "line-color": theme.gap, "line-width": 1.6, "line-dasharray": [2, 2], "line-opacity": 0.85 },
      },
      {
        id: "explained-gaps",
        type: "line",
        source: "ways",
        filter: ["==", ["get", "kind"], "explained_gaps"],
        paint: { "line-color": theme.gap, "line-width": 1, "line-dasharray": [1, 4], "line-opacity": 0.6 },
      },
      {
        id: "dark-legs",
        type: "line",
        source: "ways",
        filter: ["==", ["get", "kind"], "dark_legs"],
        layout: { "line-join": "round" },
        paint: {
          "line-color": ["get", "colour"],
          "line-width": ["interpolate", ["linear"], ["zoom"], 5, 1.4, 9, 2.4],
          "line-dasharray": [3, 1.8],
          "line-offset": lane(8),
        },
      },
      {
        id: "selected-area",
        type: "fill",
        source: "selected",
        filter: ["==", ["geometry-type"], "Polygon"],
        paint: { "fill-color": theme.inferred, "fill-opacity": 0.08 },
      },
      {
        id: "selected-edge",
        type: "line",
        source: "selected",
        filter: ["==", ["geometry-type"], "Polygon"],
        paint: { "line-color": theme.inferred, "line-width": 1.2 },
      },
      {
        id: "port-dots",
        type: "circle",
        source: "ports",
        minzoom: 4,
        paint: { "circle-radius": ["case", ["get", "used"], 3, 1.8], "circle-color": theme.panel, "circle-stroke-color": theme.port, "circle-stroke-width": 1.2, "circle-opacity": 1 },
        filter: ["any", ["get", "used"], [">=", ["zoom"], 8]],
      },
      {
        id: "points",
        type: "circle",
        source: "points",
        paint: {
          "circle-radius": ["interpolate", ["linear"], ["zoom"], 3, ["case", ["==", ["get", "kind"], "port_calls"], 2.6, 2], 9, ["case", ["==", ["get", "kind"], "port_calls"], 5, 3.6]],
          "circle-color": ["case", ["get", "hollow"], theme.panel, ["get", "colour"]],
          "circle-stroke-color": ["case", ["get", "hollow"], ["get", "colour"], theme.halo],
          "circle-stroke-width": 1.2,
        },
      },
      {
        id: "port-names",
        type: "symbol",
        source: "ports",
        minzoom: 3,
        filter: ["any", ["get", "used"], [">=", ["zoom"], 8]],
        layout: {
          "text-field": ["get", "name"],
          "text-font": FONT,
          "text-letter-spacing": 0.02,
          "text-size": ["case", ["get", "used"], 13, 11],
          "text-variable-anchor": ["top", "bottom", "right", "left"],
          "text-radial-offset": 0.6,
          "symbol-sort-key": ["-", 0, ["get", "events"]],
          "text-padding": 4,
        },
        paint: { "text-color": theme.label, "text-halo-color": theme.halo, "text-halo-width": 1.6 },
      },
      {
        id: "places",
        type: "symbol",
        source: "places",
        minzoom: BOARDS_FROM,
        layout: {
          "icon-image": ["get", "image"],
          "icon-offset": ["array", "number", 2, ["get", "offset"]],
          "icon-allow-overlap": true,
        },
      },
      {
        id: "places-far",
        type: "circle",
        source: "places",
        maxzoom: BOARDS_FROM,
        paint: { "circle-radius": 9, "circle-color": theme.inferred, "circle-stroke-color": theme.halo, "circle-stroke-width": 1.5 },
      },
      {
        id: "places-far-count",
        type: "symbol",
        source: "places",
        maxzoom: BOARDS_FROM,
        layout: { "text-field": ["to-string", ["get", "marks"]], "text-font": FONT, "text-size": 11, "text-allow-overlap": true, "text-ignore-placement": true },
        paint: { "text-color": theme.panel },
      },
      {
        id: "marks",
        type: "symbol",
        source: "marks",
        minzoom: BOARDS_FROM,
        layout: {
          "icon-image": ["get", "image"],
          "icon-offset": ["array", "number", 2, ["get", "offset"]],
          "icon-allow-overlap": true,
          "icon-ignore-placement": true,
          "symbol-sort-key": ["get", "order"],
        },
      },
      {
        id: "selected-ring",
        type: "symbol",
        source: "selected",
        minzoom: BOARDS_FROM,
        filter: ["==", ["geometry-type"], "Point"],
        layout: { "icon-image": "ring", "icon-offset": ["array", "number", 2, ["get", "offset"]], "icon-allow-overlap": true, "icon-ignore-placement": true },
      },
    ];
  }

  // ---- images --------------------------------------------------------------------------------

  /** Draws the images that the style names: marks, boards, the ring around what is selected. */
  addImages() {
    const { theme } = this.app;
    const { drawn } = this;
    if (drawn?.theme === theme && drawn.boards === this.boards && this.map.hasImage("ring")) return;
    this.drawn = { theme, boards: this.boards };
    const add = (name, image) => {
      if (this.map.hasImage(name)) this.map.removeImage(name);
      this.map.addImage(name, image, { pixelRatio: 2 });
    };
    const mark = (event) =>
      imageOf(18, 18, (context) => {
        context.translate(9, 9);
        drawMark(context, event, theme);
      });
    for (const { key } of GRADES) add(`dark_calls ${key}`, mark({ kind: "dark_calls", grade: key }));
    for (const { key } of VERDICTS) add(`sightings ${key}`, mark({ kind: "sightings", grade: key }));
    add(
      "ring",
      imageOf(26, 26, (context) => {
        context.beginPath();
        context.arc(13, 13, 11, 0, 2 * Math.PI);
        context.lineWidth = 4.5;
        context.strokeStyle = theme.halo;
        context.stroke();
        context.lineWidth = 2.5;
        context.strokeStyle = theme.focus;
        context.stroke();
      }),
    );
    this.boards.forEach((board, at) => add(`board ${at}`, this.boardImage(board)));
  }

  boardImage(board) {
    const { theme } = this.app;
    // With the line that joins a board to its place, the image is as large as the box around both.
    const joined = board.rows.length > 0;
    const left = joined ? Math.min(0, board.left) : board.left;
    const top = joined ? Math.min(0, board.top) : board.top;
    const width = (joined ? Math.max(0, board.left + board.width) : board.left + board.width) - left;
    const height = (joined ? Math.max(0, board.top + board.height) : board.top + board.height) - top;
    board.middle = [left + width / 2, top + height / 2];
    return imageOf(width + 2, height + 2, (context) => {
      context.translate(1 - left, 1 - top);
      context.lineWidth = 1;
      if (joined) this.drawJoin(context, board);
      context.beginPath();
      context.roundRect(board.left, board.top, board.width, board.height, 6);
      context.fillStyle = theme.board;
      context.strokeStyle = theme.boardEdge;
      if (board.marks.length > 1) {
        context.fill();
        context.stroke();
      }
      context.textBaseline = "middle";
      context.fillStyle = theme.muted;
      context.font = "11px system-ui, sans-serif";
      if (board.title) context.fillText(board.title, board.left + BOARD.pad, board.top + BOARD.head / 2 + 1, board.width - 2 * BOARD.pad);
      const past = board.left + (joined ? BOARD.pad + BOARD.name : 5) + board.columns * BOARD.pitch + 4;
      if (board.more > 0) context.fillText(`+${board.more}`, past, board.top + board.height / 2);
      for (const row of board.rows) this.drawRow(context, row, board.left + BOARD.pad, board.top + BOARD.head + (row.line + 0.5) * BOARD.row, past);
    });
  }

  drawJoin(context, board) {
    context.beginPath();
    context.moveTo(0, board.top > 0 ? 5 : -5);
    context.lineTo(0, board.top > 0 ? board.top : board.top + board.height);
    context.strokeStyle = this.app.theme.port;
    context.stroke();
  }

  drawRow(context, row, left, middle, past) {
    const { theme } = this.app;
    const vessel = this.model.vessels[row.vessel];
    context.fillStyle = row.others > 0 ? theme.muted : vesselColour(vessel, theme);
    context.fillRect(left, middle - 6, 3, 12);
    context.fillStyle = theme.text;
    context.font = "600 11px system-ui, sans-serif";
    context.fillText(row.others > 0 ? `${row.others + 1} vessels` : vesselName(vessel, 15), left + 8, middle, BOARD.name - 12);
    if (row.more === 0) return;
    context.font = "11px system-ui, sans-serif";
    context.fillStyle = theme.muted;
    context.fillText(`+${row.more}`, past, middle + (row.lines - 1) * BOARD.row);
  }

  // ---- what is shown -------------------------------------------------------------------------

  /** Everything anew: after a change of the filters, the colours or the theme. */
  refresh() {
    if (!this.loaded) return;
    const { app, model, map } = this;
    const { state, theme } = app;
    this.addImages();
    const points = [];
    const ways = [];
    const zones = [];
    const stopPlaces = [];
    for (const event of model.events) {
      const shown = app.passing[event.index] === 1;
      if (!shown || event.line >= 0) continue;
      const properties = { i: event.index, kind: event.kind, vessel: event.vessel, from: event.from, to: event.to, colour: app.tint(event) };
      if (event.kind === "port_calls" || event.kind === "stops" || event.kind === "passages" || event.kind === "transits") {
        const geometry = event.features[0].geometry;
        if (geometry) points.push({ type: "Feature", properties: { ...properties, hollow: isHollow(event) }, geometry });
      } else if (isGap(event)) {
        const geometry = event.features[0].geometry;
        if (geometry) ways.push({ type: "Feature", properties: { ...properties, lane: 0 }, geometry });
      } else if (event.kind === "interference" || event.kind === "places") {
        const geometry = event.features[0].geometry;
        if (geometry) (event.kind === "places" ? stopPlaces : zones).push({ type: "Feature", properties, geometry });
      } else if (event.kind === "dark_legs") {
        for (const feature of event.features) {
          if (feature.properties.observed === true || !feature.geometry) continue;
          ways.push({ type: "Feature", properties: { ...properties, lane: this.lanes.get(event.vessel) }, geometry: outward(feature) });
        }
      }
    }
    map.getSource("points").setData(collection(points));
    map.getSource("ways").setData(collection(ways));
    map.getSource("interference").setData(collection(zones));
    map.getSource("stop-places").setData(collection(stopPlaces));
    map.getSource("ports").setData(collection(this.portFeatures(state)));
    this.refreshReach();
    this.refreshTime(true);
    this.refreshSelected();
  }

  /** What the slider changes: called often, and at most as often as the map keeps up. */
  refreshTime(must = false) {
    if (!this.loaded) return;
    const { app, model, map } = this;
    const whole = wholeTime(app.state);
    const [from, to] = mapWindowOf(app.state, model);
    this.tracks.setSpan(from, to);
    map.triggerRepaint();
    if (!must && !(map.isSourceLoaded("points") && map.isSourceLoaded("ways") && map.isSourceLoaded("marks"))) {
      this.behind = true;
      return;
    }
    this.behind = false;
    const time = whole ? true : ["all", ["<=", ["get", "from"], to], [">=", ["get", "to"], from]];
    const withTime = (filter) => (whole ? (filter ?? null) : filter ? ["all", filter, time] : time);
    for (const layer of ["points", "interference", "interference-edge"]) map.setFilter(layer, withTime(null));
    for (const [layer, kind] of [["gaps", "gaps"], ["explained-gaps", "explained_gaps"], ["dark-legs", "dark_legs"], ["dark-legs-band", "dark_legs"]]) {
      map.setFilter(layer, withTime(["==", ["get", "kind"], kind]));
    }
    this.marks = [];
    const places = [];
    this.boards.forEach((board, at) => {
      let here = 0;
      for (const { event, offset } of board.marks) {
        if (app.passing[event.index] !== 1 || !(whole || overlaps(event, from, to))) continue;
        here += 1;
        this.marks.push({ event, offset, lon: board.lon, lat: board.lat });
      }
      if (here === 0) return;
      places.push({
        type: "Feature",
        properties: { marks: here, image: `board ${at}`, offset: board.middle },
        geometry: { type: "Point", coordinates: [board.lon, board.lat] },
      });
    });
    map.getSource("marks").setData(
      collection(
        this.marks.map(({ event, offset, lon, lat }) => ({
          type: "Feature",
          properties: { image: `${event.kind} ${markKey(event)}`, offset, order: event.kind === "sightings" ? 1 : 0 },
          geometry: { type: "Point", coordinates: [lon, lat] },
        })),
      ),
    );
    map.getSource("places").setData(collection(places));
  }

  portFeatures(state) {
    return this.model.ports
      .filter((port) => typeof port.lon === "number")
      .map((port) => ({
        type: "Feature",
        properties: { name: portName(port), used: port.events > 0 && (!state.ports || state.ports.has(port.key)), events: port.events },
        geometry: { type: "Point", coordinates: [port.lon, port.lat] },
      }));
  }

  refreshReach() {
    const { app, model, map } = this;
    const areas = [];
    if (app.state.kinds?.has("reach")) {
      const [from, to] = mapWindowOf(app.state, model);
      for (const event of model.events) {
        if (event.kind === "reach" && app.passing[event.index] === 1 && overlaps(event, from, to)) areas.push(areaOf(event));
      }
    }
    map.getSource("reach").setData(collection(areas.filter(Boolean)));
  }

  /** What is selected, and what belongs to it: its gap's reach, its legs, where a sighting may have been. */
  refreshSelected() {
    if (!this.loaded) return;
    const { app, model, map } = this;
    const event = app.selected;
    this.refreshTracks();
    const features = [];
    const add = (geometry, properties) => {
      if (geometry) features.push({ type: "Feature", properties: { lane: 0, offset: [0, 0], ...properties }, geometry });
    };
    if (event) {
      for (const feature of event.features) {
        const inLane = event.kind === "dark_legs" && feature.properties.observed !== true;
        if (inLane) add(outward(feature), { lane: this.lanes.get(event.vessel) });
        else if (event.kind !== "dark_calls" && event.kind !== "sightings") add(feature.geometry, {});
      }
      for (const { begin, end } of event.parts ? model.tracks.parts.slice(...event.parts) : []) {
        const coordinates = [];
        for (let at = begin; at < end; at += 1) coordinates.push([longitude(model.tracks.x[at]), latitude(model.tracks.y[at])]);
        if (coordinates.length > 1) add({ type: "LineString", coordinates }, {});
      }
      for (const board of this.boards) {
        for (const mark of board.marks) {
          if (mark.event !== event) continue;
          add({ type: "Point", coordinates: [board.lon, board.lat] }, { offset: mark.offset });
        }
      }
      const { lon, lat, error_radius_m: radius } = event.features[0].properties;
      if (event.kind === "sightings" && typeof lon === "number" && radius > 0) {
        add({ type: "Polygon", coordinates: [circle(lon, lat, radius)] }, {});
      }
      const { shown_lon: shownLon, shown_lat: shownLat, shown_radius_km: shownKm } = event.features[0].properties;
      if (event.kind === "interference" && typeof shownLon === "number" && typeof shownLat === "number") {
        // Drawn at least so large that it is seen from afar.
        add({ type: "Polygon", coordinates: [circle(shownLon, shownLat, Math.max(2000, (shownKm ?? 0) * 1000))] }, {});
      }
      if (isGap(event)) {
        for (const area of model.events) {
          if (area.kind === "reach" && area.features[0].properties.gap_id === event.id && area.features[0].properties.speed_basis === "usual") {
            add(area.features[0].geometry, {});
          }
        }
      }
      if (event.kind === "dark_calls") {
        for (const leg of model.legs.values()) {
          for (const feature of leg.features) {
            if (feature.properties.observed === true || !(feature.properties.dark_call_ids ?? []).includes(event.id)) continue;
            add(outward(feature), { lane: this.lanes.get(leg.vessel) });
          }
        }
      }
    }
    map.getSource("selected").setData(collection(features));
  }

  /** How the tracks look: while something is selected, those of other vessels step back. */
  refreshTracks() {
    const { app, model } = this;
    const focus = app.selected && model.vessels[app.selected.vessel].id !== "" ? app.selected.vessel : null;
    for (const event of model.events) {
      if (event.line < 0) continue;
      const strength = app.passing[event.index] !== 1 ? "none" : focus === null || event.vessel === focus ? "strong" : "faint";
      this.tracks.setLook(event.line, channels(app.tint(event)), strength);
    }
    const strong = focus === null ? 1 : ["case", ["==", ["get", "vessel"], focus], 1, 0.25];
    this.map.setPaintProperty("dark-legs", "line-opacity", strong);
    this.map.triggerRepaint();
  }

  /** The colours of the theme, on the style as it stands. */
  retheme() {
    if (!this.loaded) return;
    for (const layer of this.layers(this.app.theme)) {
      for (const [name, value] of Object.entries(layer.paint ?? {})) this.map.setPaintProperty(layer.id, name, value);
    }
    this.refresh();
  }

  // ---- pointing and clicking -----------------------------------------------------------------

  listen() {
    const { map, app } = this;
    map.on("click", (click) => app.select(this.eventsAt(click.point)[0] ?? null, this.eventsAt(click.point)));
    map.on("mousemove", (move) => this.tip(move.point));
    map.on("mouseout", () => (byId("tip").hidden = true));
    map.on("movestart", () => (byId("tip").hidden = true));
    map.on("moveend", () => {
      const { lng: lon, lat } = map.getCenter().wrap();
      app.state.view = { lon, lat, zoom: map.getZoom() };
      app.remember();
    });
    map.on("idle", () => {
      if (this.behind) this.refreshTime();
    });
    map.on("error", ({ error }) => console.error(error));
  }

  /** The events drawn within a few pixels of a point, those on top first. */
  eventsAt({ x, y }) {
    if (!this.loaded) return [];
    const near = [[x - 4, y - 4], [x + 4, y + 4]];
    const layers = ["points", "dark-legs", "gaps", "explained-gaps", "interference", "stop-places", "reach"];
    const found = new Set(this.marksAt({ x, y }));
    for (const layer of layers) {
      for (const feature of this.map.queryRenderedFeatures(near, { layers: [layer] })) {
        const event = this.model.events[feature.properties.i];
        if (event) found.add(event);
      }
    }
    const track = this.trackAt({ x, y });
    if (track) found.add(track);
    return [...found];
  }

  marksAt({ x, y }) {
    if (this.map.getZoom() < BOARDS_FROM) return [];
    const near = this.marks.filter(({ lon, lat, offset }) => {
      const place = this.map.project(nearestCopy({ lon, lat }, this.map));
      return Math.abs(place.x + offset[0] - x) <= 8 && Math.abs(place.y + offset[1] - y) <= 9;
    });
    return near.map(({ event }) => event);
  }

  trackAt(point) {
    const { lng, lat } = this.map.unproject([point.x, point.y]);
    const reach = (6 * WIDE) / (512 * 2 ** this.map.getZoom());
    const whole = wholeTime(this.app.state);
    const [from, to] = whole ? [-Infinity, Infinity] : mapWindowOf(this.app.state, this.model);
    const line = this.model.tracks.nearest(easting(lng), northing(lat), reach, from, to, (at) => this.app.passing[at] === 1);
    return line === null ? null : this.model.events[line];
  }

  tip(point) {
    const tip = byId("tip");
    const events = this.map.isMoving() ? [] : this.eventsAt(point);
    this.map.getCanvas().style.cursor = events.length > 0 ? "pointer" : "";
    tip.hidden = events.length === 0;
    if (events.length === 0) return;
    const [event] = events;
    tip.replaceChildren(
      make("strong", {}, whoseOf(event, this.model)),
      make("span", {}, titleOf(event)),
      make("span", { class: "muted" }, days(event.from, event.to) + (events.length > 1 ? `, and ${events.length - 1} more here` : "")),
    );
    const { clientWidth, clientHeight } = byId("map");
    const right = point.x > clientWidth / 2;
    tip.style.left = right ? "auto" : `${point.x + 14}px`;
    tip.style.right = right ? `${clientWidth - point.x + 14}px` : "auto";
    tip.style.top = `${Math.max(4, Math.min(point.y + 14, clientHeight - 80))}px`;
  }
}

// Below this zoom the boards of neighbouring ports would cover each other.
const BOARDS_FROM = 5.5;

/** Starts MapLibre's worker from the text in the page. */
function startWorker() {
  const source = new Blob([byId("maplibre-worker").textContent], { type: "text/javascript" });
  // The ending tells MapLibre that it is no module: a page from disk may not start one of those.
  maplibregl.setWorkerUrl(`${URL.createObjectURL(source)}#worker.cjs`);
  maplibregl.setWorkerCount(2);
}

function collection(features) {
  return { type: "FeatureCollection", features };
}

function markKey(event) {
  const list = event.kind === "sightings" ? VERDICTS : GRADES;
  return list.some(({ key }) => key === event.grade) ? event.grade : event.kind === "sightings" ? "outside the data" : "D1";
}

/** Dark legs of several vessels take the same way by water: each vessel has a lane of her own in it. */
function lanesOf(model) {
  const vessels = [...new Set([...model.legs.values()].map((leg) => leg.vessel))];
  vessels.sort((a, b) => model.vessels[a].rank - model.vessels[b].rank);
  const lanes = Math.min(vessels.length, 6);
  return new Map(vessels.map((vessel, at) => [vessel, (at % lanes) - (lanes - 1) / 2]));
}

/** A leg's way from the dark call outward, so that ways there and back lie in one lane, dash upon dash. */
function outward({ geometry, properties }) {
  if (!properties.destination_dark || properties.origin_dark || geometry.type !== "MultiLineString") return geometry;
  return { type: geometry.type, coordinates: geometry.coordinates.map((part) => [...part].reverse()).reverse() };
}

function areaOf(event) {
  const { geometry, properties } = event.features[0];
  return geometry && { type: "Feature", properties: { i: event.index, basis: properties.speed_basis }, geometry };
}

/** Bounds with some room, and never of nothing. */
function padded(bounds) {
  if (!bounds) return null;
  const [west, south, east, north] = bounds;
  const wide = Math.max(0.05, (east - west) * 0.03);
  const high = Math.max(0.04, (north - south) * 0.03);
  return [west - wide, Math.max(-84, south - high), east + wide, Math.min(84, north + high)];
}
