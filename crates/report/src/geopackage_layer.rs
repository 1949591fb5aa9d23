//! One `GeoPackage` (OGC 12-128r19, version 1.3) for all layers, named as their files are: with a
//! spatial index, and in the table `layer_styles` the style that QGIS takes up, times included.
//!
//! The same features give the same bytes: what the format wants to know of when it was last changed is
//! left at the epoch.

use crate::columns::{Column, ColumnKind, Columns};
use crate::shape::ShapeType;
use crate::style::qml;
use crate::wkb::{PlainBox, push_wkb};
use crate::{Feature, Layer, LayerWriter, Value};
use rusqlite::types::{Null, ToSqlOutput};
use rusqlite::{Connection, params, params_from_iter};
use std::fmt::Write;
use std::io;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// A row has a thousand million bytes at most, of which a position takes 16 and its time some 12.
const MOST_POSITIONS: usize = 30_000_000;
/// The coordinate reference system of every geometry.
const WGS84: i32 = 4326;
/// When a layer was last changed; see the head of this file.
const NEVER: &str = "1970-01-01T00:00:00.000Z";
/// The tables that describe the others (section 1.1), and QGIS's for styles.
const TABLES: &str = "
CREATE TABLE gpkg_spatial_ref_sys (
  srs_name TEXT NOT NULL, srs_id INTEGER NOT NULL PRIMARY KEY, organization TEXT NOT NULL,
  organization_coordsys_id INTEGER NOT NULL, definition TEXT NOT NULL, description TEXT);
CREATE TABLE gpkg_contents (
  table_name TEXT NOT NULL PRIMARY KEY, data_type TEXT NOT NULL, identifier TEXT UNIQUE,
  description TEXT DEFAULT '', last_change DATETIME NOT NULL, min_x DOUBLE, min_y DOUBLE,
  max_x DOUBLE, max_y DOUBLE, srs_id INTEGER,
  CONSTRAINT fk_gc_r_srs_id FOREIGN KEY (srs_id) REFERENCES gpkg_spatial_ref_sys(srs_id));
CREATE TABLE gpkg_geometry_columns (
  table_name TEXT NOT NULL, column_name TEXT NOT NULL, geometry_type_name TEXT NOT NULL,
  srs_id INTEGER NOT NULL, z TINYINT NOT NULL, m TINYINT NOT NULL,
  CONSTRAINT pk_geom_cols PRIMARY KEY (table_name, column_name),
  CONSTRAINT uk_gc_table_name UNIQUE (table_name),
  CONSTRAINT fk_gc_tn FOREIGN KEY (table_name) REFERENCES gpkg_contents(table_name),
  CONSTRAINT fk_gc_srs FOREIGN KEY (srs_id) REFERENCES gpkg_spatial_ref_sys (srs_id));
CREATE TABLE gpkg_extensions (
  table_name TEXT, column_name TEXT, extension_name TEXT NOT NULL, definition TEXT NOT NULL,
  scope TEXT NOT NULL, CONSTRAINT ge_tce UNIQUE (table_name, column_name, extension_name));
CREATE TABLE gpkg_data_columns (
  table_name TEXT NOT NULL, column_name TEXT NOT NULL, name TEXT, title TEXT, description TEXT,
  mime_type TEXT, constraint_name TEXT,
  CONSTRAINT pk_gdc PRIMARY KEY (table_name, column_name),
  CONSTRAINT gdc_tn UNIQUE (table_name, name));
CREATE TABLE layer_styles (
  id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, f_table_catalog TEXT(256), f_table_schema TEXT(256),
  f_table_name TEXT(256), f_geometry_column TEXT(256), styleName TEXT(30), styleQML TEXT,
  styleSLD TEXT, useAsDefault BOOLEAN, description TEXT, owner TEXT(30), ui TEXT(30),
  update_time DATETIME);
";
/// WGS 84 in well-known text (OGC 01-009), as the format asks for it.
const WGS84_WKT: &str = "GEOGCS[\"WGS 84\",DATUM[\"WGS_1984\",SPHEROID[\"WGS 84\",6378137,298.257223563,\
    AUTHORITY[\"EPSG\",\"7030\"]],AUTHORITY[\"EPSG\",\"6326\"]],PRIMEM[\"Greenwich\",0,\
    AUTHORITY[\"EPSG\",\"8901\"]],UNIT[\"degree\",0.0174532925199433,AUTHORITY[\"EPSG\",\"9122\"]],\
    AXIS[\"Latitude\",NORTH],AXIS[\"Longitude\",EAST],AUTHORITY[\"EPSG\",\"4326\"]]";

/// The file with all its layers.
struct Package {
    file: Connection,
    /// Layers that are not finished.
    open: usize,
}

/// One of its layers.
struct GeoPackageLayer {
    package: Arc<Mutex<Package>>,
    layer: Layer,
    columns: Columns,
    insert: String,
    extent: Option<PlainBox>,
    rows: i64,
    /// The geometry; working space.
    bytes: Vec<u8>,
}

/// Begins the file with all its layers; it is complete when the last of them is finished.
pub(crate) fn layers(
    path: &Path,
    notices: &[String],
) -> io::Result<Vec<(Layer, Box<dyn LayerWriter>)>> {
    let file = begin(path).map_err(failed)?;
    let notices = notices.join("\n\n");
    let has_notice = !notices.is_empty();
    for layer in Layer::ALL {
        describe(&file, layer, &Columns::of(layer, has_notice), &notices).map_err(failed)?;
    }
    let package = Arc::new(Mutex::new(Package {
        file,
        open: Layer::ALL.len(),
    }));
    let writer = |layer| -> (Layer, Box<dyn LayerWriter>) {
        let columns = Columns::of(layer, has_notice);
        let places = vec!["?"; columns.iter().len() + 3].join(",");
        let writer = GeoPackageLayer {
            package: Arc::clone(&package),
            layer,
            columns,
            insert: format!("INSERT INTO {layer} VALUES ({places})"),
            extent: None,
            rows: 0,
            bytes: Vec::new(),
        };
        (layer, Box::new(writer))
    };
    Ok(Layer::ALL.into_iter().map(writer).collect())
}

impl LayerWriter for GeoPackageLayer {
    fn feature(&mut self, feature: &Feature<'_>) -> io::Result<()> {
        feature.fits("a GeoPackage", MOST_POSITIONS)?;
        self.rows += 1;
        let found = PlainBox::of(feature.geometry);
        self.bytes.clear();
        if let Some(found) = found {
            push_header(&mut self.bytes, found);
            push_wkb(&mut self.bytes, feature.geometry).map_err(io::Error::other)?;
        }
        let geometry = found.map(|_| self.bytes.as_slice());
        let file = &locked(&self.package).file;
        let mut insert = file.prepare_cached(&self.insert).map_err(failed)?;
        let mut cells = vec![
            ToSqlOutput::from(self.rows),
            geometry.map_or_else(|| Null.into(), ToSqlOutput::from),
            ToSqlOutput::from(feature.id),
        ];
        let values: Vec<_> = self.columns.values(feature.properties).collect();
        cells.extend(values.iter().map(|(column, value)| cell(*column, *value)));
        insert.execute(params_from_iter(cells)).map_err(failed)?;
        if let Some(found) = found {
            self.extent = Some(self.extent.map_or(found, |extent| extent.with(found)));
            let index = format!("INSERT INTO rtree_{}_geom VALUES (?,?,?,?,?)", self.layer);
            file.prepare_cached(&index)
                .and_then(|mut index| {
                    index.execute(params![
                        self.rows,
                        found.west,
                        found.east,
                        found.south,
                        found.north
                    ])
                })
                .map_err(failed)?;
        }
        Ok(())
    }

    fn finish(&mut self) -> io::Result<()> {
        let mut package = locked(&self.package);
        let side = |side: fn(&PlainBox) -> f64| self.extent.as_ref().map(side);
        let extent = params![
            side(|found| found.west),
            side(|found| found.south),
            side(|found| found.east),
            side(|found| found.north),
            self.layer.name()
        ];
        let update = "UPDATE gpkg_contents SET min_x = ?, min_y = ?, max_x = ?, max_y = ? \
                      WHERE table_name = ?";
        package.file.execute(update, extent).map_err(failed)?;
        package
            .file
            .execute_batch(&triggers(self.layer))
            .map_err(failed)?;
        package.open -= 1;
        if package.open == 0 {
            package.file.execute_batch("COMMIT").map_err(failed)?;
        }
        Ok(())
    }
}

fn begin(path: &Path) -> rusqlite::Result<Connection> {
    let file = Connection::open(path)?;
    // Room for the insertions of every layer.
    file.set_prepared_statement_cache_capacity(4 * Layer::ALL.len());
    // Nothing is read of a file that is not complete, so nothing need be undone: no journal. The
    // numbers say that it is a GeoPackage ("GPKG"), and of which version.
    file.execute_batch(
        "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; \
         PRAGMA application_id = 1196444487; PRAGMA user_version = 10300; BEGIN",
    )?;
    file.execute_batch(TABLES)?;
    let mut reference = file.prepare("INSERT INTO gpkg_spatial_ref_sys VALUES (?,?,?,?,?,?)")?;
    let undefined = "undefined";
    for (name, id, of, code, definition) in [
        ("Undefined Cartesian SRS", -1, "NONE", -1, undefined),
        ("Undefined geographic SRS", 0, "NONE", 0, undefined),
        ("WGS 84 geodetic", WGS84, "EPSG", WGS84, WGS84_WKT),
    ] {
        reference.execute(params![name, id, of, code, definition, Null])?;
    }
    drop(reference);
    file.execute(
        "INSERT INTO gpkg_contents (table_name, data_type, identifier, last_change) \
         VALUES ('layer_styles', 'attributes', 'layer_styles', ?)",
        [NEVER],
    )?;
    file.execute(
        "INSERT INTO gpkg_extensions VALUES ('gpkg_data_columns', NULL, 'gpkg_schema', \
         'http://www.geopackage.org/spec/#extension_schema', 'read-write')",
        [],
    )?;
    Ok(file)
}

/// Makes a layer's table and index, and enters it into the tables that describe it.
fn describe(
    file: &Connection,
    layer: Layer,
    columns: &Columns,
    notices: &str,
) -> rusqlite::Result<()> {
    let mut table = format!(
        "CREATE TABLE {layer} (fid INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, geom {}, id TEXT NOT NULL",
        shape_name(layer)
    );
    for column in columns.iter() {
        let kind = match column.kind {
            ColumnKind::Text | ColumnKind::Json | ColumnKind::VertexTimes => "TEXT",
            ColumnKind::Count => "INTEGER",
            ColumnKind::Measure => "DOUBLE",
            ColumnKind::Truth => "BOOLEAN",
            ColumnKind::Time => "DATETIME",
        };
        let _ = write!(table, ", \"{}\" {kind}", column.name);
    }
    file.execute_batch(&format!("{table});"))?;
    file.execute(
        "INSERT INTO gpkg_contents (table_name, data_type, identifier, description, last_change, srs_id) \
         VALUES (?, 'features', ?, ?, ?, ?)",
        params![layer.name(), layer.name(), notices, NEVER, WGS84],
    )?;
    file.execute(
        "INSERT INTO gpkg_geometry_columns VALUES (?, 'geom', ?, ?, 0, 0)",
        params![layer.name(), shape_name(layer), WGS84],
    )?;
    for column in columns.iter() {
        if matches!(column.kind, ColumnKind::Json | ColumnKind::VertexTimes) {
            file.execute(
                "INSERT INTO gpkg_data_columns (table_name, column_name, mime_type) \
                 VALUES (?, ?, 'application/json')",
                params![layer.name(), column.name],
            )?;
        }
    }
    file.execute_batch(&format!(
        "CREATE VIRTUAL TABLE rtree_{layer}_geom USING rtree(id, minx, maxx, miny, maxy)"
    ))?;
    file.execute(
        "INSERT INTO gpkg_extensions VALUES (?, 'geom', 'gpkg_rtree_index', \
         'http://www.geopackage.org/spec130/#extension_rtree', 'write-only')",
        [layer.name()],
    )?;
    file.execute(
        "INSERT INTO layer_styles (f_table_catalog, f_table_schema, f_table_name, f_geometry_column, \
         styleName, styleQML, styleSLD, useAsDefault, description, owner, ui, update_time) \
         VALUES ('', '', ?, 'geom', ?, ?, '', 1, ?, '', NULL, ?)",
        params![layer.name(), layer.name(), qml(layer), layer.title(), NEVER],
    )?;
    Ok(())
}

fn shape_name(layer: Layer) -> &'static str {
    match ShapeType::of(layer) {
        ShapeType::Point => "POINT",
        ShapeType::MultiLineString => "MULTILINESTRING",
        ShapeType::MultiPolygon => "MULTIPOLYGON",
        ShapeType::Mixed => "GEOMETRY",
    }
}

/// What keeps a layer's spatial index true when the layer is edited: the triggers of annex F.3, whose
/// names and conditions the standard lays down. They need functions that only programs that edit have.
fn triggers(layer: Layer) -> String {
    let rtree = format!("rtree_{layer}_geom");
    let row = "NEW.fid, ST_MinX(NEW.geom), ST_MaxX(NEW.geom), ST_MinY(NEW.geom), ST_MaxY(NEW.geom)";
    let drawn = "NEW.geom NOTNULL AND NOT ST_IsEmpty(NEW.geom)";
    let blank = "(NEW.geom ISNULL OR ST_IsEmpty(NEW.geom))";
    let put = format!("INSERT OR REPLACE INTO {rtree} VALUES ({row});");
    let take = format!("DELETE FROM {rtree} WHERE id = OLD.fid;");
    let mut sql = String::new();
    for (name, event, when, then) in [
        ("insert", "INSERT", drawn.to_owned(), put.clone()),
        (
            "update1",
            "UPDATE OF geom",
            format!("OLD.fid = NEW.fid AND ({drawn})"),
            put.clone(),
        ),
        (
            "update2",
            "UPDATE OF geom",
            format!("OLD.fid = NEW.fid AND {blank}"),
            take.clone(),
        ),
        (
            "update3",
            "UPDATE",
            format!("OLD.fid != NEW.fid AND ({drawn})"),
            format!("{take} {put}"),
        ),
        (
            "update4",
            "UPDATE",
            format!("OLD.fid != NEW.fid AND {blank}"),
            format!("DELETE FROM {rtree} WHERE id IN (OLD.fid, NEW.fid);"),
        ),
        (
            "delete",
            "DELETE",
            "OLD.geom NOT NULL".to_owned(),
            take.clone(),
        ),
    ] {
        let _ = writeln!(
            sql,
            "CREATE TRIGGER {rtree}_{name} AFTER {event} ON {layer} WHEN {when} BEGIN {then} END;"
        );
    }
    sql
}

/// What stands before the WKB of a geometry (section 2.1.3): little endian, with its box.
fn push_header(out: &mut Vec<u8>, found: PlainBox) {
    const BOX_AND_LITTLE_ENDIAN: u8 = 0b11;
    out.extend_from_slice(b"GP");
    out.extend_from_slice(&[0, BOX_AND_LITTLE_ENDIAN]);
    out.extend_from_slice(&WGS84.to_le_bytes());
    for side in [found.west, found.east, found.south, found.north] {
        out.extend_from_slice(&side.to_le_bytes());
    }
}

fn cell<'v>(column: Column, value: Option<&'v Value<'v>>) -> ToSqlOutput<'v> {
    let Some(value) = value else {
        return Null.into();
    };
    match (column.kind, value) {
        (ColumnKind::Measure, _) => value.as_number().map_or(Null.into(), ToSqlOutput::from),
        (_, Value::Count(count)) => i64::try_from(*count).unwrap_or(i64::MAX).into(),
        (_, Value::Truth(truth)) => ToSqlOutput::from(*truth),
        (_, Value::Text(text)) => ToSqlOutput::from(text.as_ref()),
        (ColumnKind::Time, Value::Time(time)) => ToSqlOutput::from(moment(&time.to_string())),
        _ => ToSqlOutput::from(value.as_cell().into_owned()),
    }
}

/// A moment as the format wants it, always with milliseconds.
fn moment(text: &str) -> String {
    match text.strip_suffix('Z') {
        Some(rest) if !rest.contains('.') => format!("{rest}.000Z"),
        _ => text.to_owned(),
    }
}

/// Another layer's panic does not make the file worse: the run has failed and the file goes.
fn locked(package: &Mutex<Package>) -> MutexGuard<'_, Package> {
    package.lock().unwrap_or_else(PoisonError::into_inner)
}

fn failed(error: rusqlite::Error) -> io::Error {
    io::Error::other(error)
}
