// Which events are shown. A state's sets are null where nothing is filtered.

/** Whether an event passes the filters of vessel, port, kind and grade, whatever its time. */
function passes(event, state, model) {
  if (!(state.kinds ? state.kinds.has(event.kind) : event.kind !== "reach")) return false;
  // A place is of no vessel, and whoever is chosen may lie there.
  if (state.vessels && event.kind !== "places" && !vesselIdsOf(event, model).some((id) => state.vessels.has(id))) return false;
  if (state.ports && !event.ports.some((port) => state.ports.has(model.ports[port].key))) return false;
  if (state.grades && event.grade !== null && !state.grades.has(event.grade)) return false;
  return true;
}

/** The ids of the vessels that an event is of. */
function vesselIdsOf(event, model) {
  const { vessel_ids: ids } = event.features[0].properties;
  return event.kind === "interference" && Array.isArray(ids) ? ids : [model.vessels[event.vessel].id];
}

function overlaps(event, from, to) {
  return event.from <= to && event.to >= from;
}

/** The time that the list shows: the chosen window, or all. */
function windowOf(state, model) {
  return state.time ?? [model.first, model.last];
}

/**
 * The time that the map shows. While a moment is set (by the slider or by playing) it is what came
 * before it, as far back as the trail goes; nothing that comes after.
 */
function mapWindowOf(state, model) {
  const [from, to] = windowOf(state, model);
  if (state.at === null) return [from, to];
  return [state.trail === null ? from : Math.max(from, state.at - state.trail), state.at];
}

/** Whether all of the run's time is shown: then what lies outside it (such as old sightings) is, too. */
function wholeTime(state) {
  return state.time === null && state.at === null;
}
