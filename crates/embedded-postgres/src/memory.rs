//! How much memory there is to share.

use std::fs;
use std::path::Path;

const MEBIBYTE: u64 = 1024 * 1024;

/// Memory in MiB: the machine's, or less where the container or the service has a limit. None where the system
/// does not tell as Linux does.
pub(crate) fn available_mib() -> Option<u64> {
    let machine = fs::read_to_string("/proc/meminfo").ok().and_then(|text| total_mib(&text))?;
    let group = fs::read_to_string("/proc/self/cgroup").unwrap_or_default();
    Some(group_limit_mib(&group, Path::new("/sys/fs/cgroup")).map_or(machine, |limit| limit.min(machine)))
}

fn total_mib(meminfo: &str) -> Option<u64> {
    let kib = meminfo.lines().find_map(|line| line.strip_prefix("MemTotal:"))?.trim().strip_suffix(" kB")?;
    kib.parse::<u64>().ok().map(|kib| kib / 1024)
}

/// The lowest limit of the control group (version 2) that `/proc/self/cgroup` names and of those around it.
fn group_limit_mib(group: &str, mount: &Path) -> Option<u64> {
    let group = group.lines().find_map(|line| line.strip_prefix("0::/"))?;
    let limit = |dir: &Path| fs::read_to_string(dir.join("memory.max")).ok()?.trim().parse::<u64>().ok();
    mount
        .join(group)
        .ancestors()
        .take_while(|dir| dir.starts_with(mount))
        .filter_map(limit)
        .min()
        .map(|b| b / MEBIBYTE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_machines_memory_is_read_from_meminfo() {
        assert_eq!(total_mib("MemFree:  1 kB\nMemTotal:       24683876 kB\n"), Some(24_105));
    }

    #[test]
    fn the_narrowest_limit_of_a_control_group_counts() {
        let mount = tempfile::tempdir().expect("a temporary directory");
        let service = mount.path().join("system.slice/stockbook.service");
        fs::create_dir_all(&service).expect("directories");
        let limit = || group_limit_mib("0::/system.slice/stockbook.service\n", mount.path());
        assert_eq!(limit(), None);
        fs::write(service.join("memory.max"), "max\n").expect("a file");
        assert_eq!(limit(), None);
        fs::write(mount.path().join("system.slice/memory.max"), "536870912\n").expect("a file");
        assert_eq!(limit(), Some(512));
    }
}
