//! Files of ship positions, ports, sightings and vessels into Landfall's tables
