//! Which port is here, and how far is it? The port index of Landfall
