//! Files of ship positions, ports, sightings and vessels into Landfall's tables.
//!
//! Position files come as a stream: [`read_all`] recognises a file's format by its header,
//! turns every row into a position report or a rejected row with its reason, and interns who sent
//! it in a [`VesselBook`]. Bad rows are values; only a file that cannot be used at all carries an
//! [`IngestError`], and even then the rows before the break are kept.

mod all_rows;
mod batch;
mod block;
mod chunks;
mod column_map;
mod country;
mod crew;
mod csv_file;
mod draft;
mod error;
mod excerpt;
mod field;
mod format;
#[cfg(feature = "polars")]
mod frame;
mod halves;
mod header;
mod input_file;
mod inputs;
mod intake;
mod layout;
mod list;
mod longitudes;
mod magic;
mod memory;
mod numbers;
#[cfg(feature = "polars")]
mod parquet;
mod particulars;
mod particulars_code;
mod places;
mod point;
mod ports;
mod ports_add;
mod ports_anchorages;
mod ports_geojson;
mod ports_locode;
mod ports_rows;
mod positions;
mod quick_row;
mod raw_rows;
mod records;
mod register;
mod row;
mod sightings;
mod source_file;
mod speed_unit;
mod stage_time;
mod stored;
mod structural;
mod table_name;
mod time_choice;
mod time_format;
#[cfg(feature = "polars")]
mod typed;
#[cfg(feature = "polars")]
mod values;
mod vessels;
#[cfg(feature = "polars")]
mod wkb;
mod words;
mod zip_archive;

pub use column_map::ColumnMap;
pub use draft::draft_column_map;
pub use error::IngestError;
#[cfg(feature = "polars")]
pub use frame::{Positions, VesselReport};
pub use inputs::expand_inputs;
pub use list::ListProblem;
pub use places::{PlaceTable, read_places};
pub use ports::{PortFormat, PortTable, bundled_ports, read_ports};
pub use ports_add::AddedPorts;
pub use positions::{PositionSink, ReadOptions, ReadProgress, ReadTimes, read_all, read_positions};
pub use raw_rows::{
    RawCell, RawRow, is_of_standard_input, read_list_rows, read_rows, sha256_of_input,
};
pub use register::{RegisterTable, read_register};
pub use sightings::{SightingTable, UnplacedSighting, read_sightings};
pub use source_file::{ColumnUse, SourceFile, UnreadableColumn};
pub use stage_time::{StageTime, process_cpu};
pub use stored::sha256_of_bytes;
pub use time_format::DateOrder;
pub use vessels::{ParticularsSlot, VesselBook, VesselSlot};
