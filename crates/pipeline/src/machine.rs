//! What the machine has.

use sysinfo::{MemoryRefreshKind, RefreshKind, System};

/// The memory that this process may use, in bytes: the machine's, or what its container is limited to;
/// `None` where the system does not say.
pub(crate) fn memory() -> Option<u64> {
    let kind = RefreshKind::nothing().with_memory(MemoryRefreshKind::nothing().with_ram());
    let system = System::new_with_specifics(kind);
    let limits = system.cgroup_limits().map(|limits| limits.total_memory);
    let total = system.total_memory();
    let least = limits.map_or(total, |limit| limit.min(total));
    (least > 0).then_some(least)
}
