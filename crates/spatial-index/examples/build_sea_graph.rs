//! Builds the bundled sea graph from the bundled land and `data/passages.csv`.
//!
//! Usage: `cargo run --release -p landfall-spatial-index --example build_sea_graph -- PASSAGES OUT`

#![expect(
    clippy::print_stdout,
    reason = "a program of its own: what it built is what it has to say"
)]

use landfall_spatial_index::{Land, Passage, build_sea_graph};
use landfall_track::{LonLat, Position};
use serde::Deserialize;
use std::error::Error;

/// A row of `passages.csv`. Its line is `lon lat; lon lat; ...`.
#[derive(Deserialize)]
struct Row {
    name: String,
    kind: landfall_spatial_index::PassageKind,
    line: String,
}

fn place(text: &str) -> Option<Position> {
    let (lon, lat) = text.trim().split_once(' ')?;
    Position::from_degrees(LonLat {
        lon: lon.parse().ok()?,
        lat: lat.parse().ok()?,
    })
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let (Some(passages), Some(out)) = (arguments.next(), arguments.next()) else {
        return Err("usage: build_sea_graph PASSAGES OUT".into());
    };
    let passages = csv::Reader::from_path(passages)?
        .deserialize::<Row>()
        .map(|row| {
            let row = row?;
            let line: Option<Vec<Position>> = row.line.split(';').map(place).collect();
            Ok(Passage {
                line: line.ok_or_else(|| format!("{}: a place is not `lon lat`", row.name))?,
                name: row.name,
                kind: row.kind,
            })
        })
        .collect::<Result<Vec<Passage>, Box<dyn Error>>>()?;
    let (bytes, account) = build_sea_graph(&Land::bundled()?, passages);
    std::fs::write(out, &bytes)?;
    println!("{} bytes: {account:?}", bytes.len());
    Ok(())
}
