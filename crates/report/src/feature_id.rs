//! A feature's id is made from what the feature is: vessel, kind, start and port, as in
//! `273210440/port_call/2023-09-07T10:30:00Z/RUVYP`.

use crate::Layer;
use landfall_track::Timestamp;
use std::collections::HashMap;

/// Makes ids, and tells apart the features of one vessel that begin at the same time.
///
/// Two features of a layer share vessel, start and port only where several reports carry the same
/// time; the later one then gets `/2` behind its id. Features come vessel by vessel, so only the
/// ids of one vessel are held.
#[derive(Debug, Default)]
pub(crate) struct FeatureIds {
    vessel: String,
    /// How often each id was asked for.
    taken: HashMap<String, u64>,
}

impl FeatureIds {
    /// The id of a feature.
    pub(crate) fn make(
        &mut self,
        layer: Layer,
        vessel_id: &str,
        start: Timestamp,
        port: Option<&str>,
    ) -> String {
        self.distinct(vessel_id, plain_id(layer, vessel_id, start, port))
    }

    /// An id, told apart from earlier ones of the vessel that are the same.
    pub(crate) fn distinct(&mut self, vessel_id: &str, mut id: String) -> String {
        // All hulls under one id count as one vessel here: their events may come interleaved.
        let vessel = vessel_id.split('@').next().unwrap_or(vessel_id);
        if vessel != self.vessel {
            vessel.clone_into(&mut self.vessel);
            self.taken.clear();
        }
        let times = self.taken.entry(id.clone()).or_insert(0);
        *times += 1;
        if *times > 1 {
            id = format!("{id}/{times}");
        }
        id
    }
}

/// A feature's id where no other feature of the vessel has the same.
pub(crate) fn plain_id(
    layer: Layer,
    vessel_id: &str,
    start: Timestamp,
    port: Option<&str>,
) -> String {
    let kind = layer.kind();
    match port {
        Some(port) => format!("{vessel_id}/{kind}/{start}/{port}"),
        None => format!("{vessel_id}/{kind}/{start}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn features_that_begin_at_the_same_time_have_different_ids() {
        let mut ids = FeatureIds::default();
        let start = "2023-09-07T10:30:00Z".parse().unwrap();
        let mut make = |layer, vessel, port| ids.make(layer, vessel, start, port);
        let made = [
            make(Layer::PortCalls, "273210440", Some("RUVYP")),
            make(Layer::PortCalls, "273210440", Some("RUVYP")),
            make(Layer::PortCalls, "273210440", Some("KPRJN")),
            make(Layer::Passages, "273210440", Some("RUVYP")),
            make(
                Layer::PortCalls,
                "273210440@2023-09-07T10:30:00Z",
                Some("RUVYP"),
            ),
            make(Layer::PortCalls, "273210440", Some("RUVYP")),
            make(Layer::Stops, "273210440", None),
        ];
        assert_eq!(
            made,
            [
                "273210440/port_call/2023-09-07T10:30:00Z/RUVYP",
                "273210440/port_call/2023-09-07T10:30:00Z/RUVYP/2",
                "273210440/port_call/2023-09-07T10:30:00Z/KPRJN",
                "273210440/passage/2023-09-07T10:30:00Z/RUVYP",
                "273210440@2023-09-07T10:30:00Z/port_call/2023-09-07T10:30:00Z/RUVYP",
                "273210440/port_call/2023-09-07T10:30:00Z/RUVYP/3",
                "273210440/stop/2023-09-07T10:30:00Z",
            ]
        );
    }
}
