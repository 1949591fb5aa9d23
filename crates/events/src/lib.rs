//! One vessel's reports into stops, port calls, voyages and gaps: the kernel of Landfall
