//! Landfall's events as GeoJSON layers, tables and a manifest
