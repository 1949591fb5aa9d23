//! Many files into every vessel's events: gathering, detection and writing
