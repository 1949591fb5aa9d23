//! The run's manifest: what was read, with what, and how it was configured.

use crate::{Plan, RunSummary};
use landfall_ingest::SourceFile;
use landfall_report::{
    AmbiguousId, LinkedId, Manifest, ManifestColumn, ManifestExtent, ManifestInput,
    ManifestUnreadable,
};
use landfall_track::FileAccount;

/// The manifest of a run that follows on others, which read `before`.
pub(crate) fn manifest(plan: &Plan, before: &[ManifestInput], summary: &RunSummary) -> Manifest {
    let mut manifest = Manifest::new(env!("CARGO_PKG_VERSION"));
    manifest.notices.clone_from(&summary.notices);
    let now = summary
        .sources
        .iter()
        .zip(&summary.accounts)
        .map(|(source, account)| manifest_input(source, *account));
    manifest.inputs = before.iter().cloned().chain(now).collect();
    manifest.tables.clone_from(&plan.tables);
    manifest.outages.clone_from(&summary.outages);
    manifest.links = summary.links.links.iter().map(LinkedId::from).collect();
    manifest.ambiguous_links = summary
        .links
        .ambiguous
        .iter()
        .map(AmbiguousId::from)
        .collect();
    manifest.arguments.clone_from(&plan.arguments);
    manifest.trusted_times = summary.trusted_times;
    // Neither type holds a map with keys that are no strings, which alone could fail.
    manifest.restrictions = serde_json::to_value(&plan.restriction).unwrap_or_default();
    manifest.configuration = serde_json::to_value(&plan.config).unwrap_or_default();
    manifest
}

fn manifest_input(source: &SourceFile, account: FileAccount) -> ManifestInput {
    ManifestInput {
        path: source.name.clone(),
        size: source.bytes,
        sha256: source.sha256.clone(),
        format: source.format.clone(),
        columns: source
            .columns
            .iter()
            .map(|column| ManifestColumn {
                field: column.field.clone(),
                column: column.column.clone(),
                note: column.note.clone(),
            })
            .collect(),
        unreadable: source
            .unreadable
            .iter()
            .map(|column| ManifestUnreadable {
                column: column.column.clone(),
                count: column.count,
                first_row: column.first_row,
                example: column.example.clone(),
            })
            .collect(),
        account,
        first: source.first,
        last: source.last,
        extent: source.extent.map(|extent| {
            let (least, most) = (extent.south_west.degrees(), extent.north_east.degrees());
            ManifestExtent {
                west: least.lon,
                south: least.lat,
                east: most.lon,
                north: most.lat,
            }
        }),
        problem: source.problem_text(),
    }
}
