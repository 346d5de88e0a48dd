//! What the caller chooses, and the configuration that follows from it.
//!
//! The configuration goes on the command line, which the cluster's own does not override: neither `ALTER SYSTEM`
//! nor an edit of `postgresql.conf` can turn `fsync` off. What is not named here can be tuned there.

use std::ffi::{OsStr, OsString};
use std::io;
use std::net::{Ipv4Addr, TcpListener};
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::{Path, PathBuf};

use crate::error::Error;
use crate::memory;
use crate::site::Site;

/// The number in the socket's name when there is no TCP port. The directory is ours, so it cannot clash.
const SOCKET_PORT: u16 = 5432;

/// What a private PostgreSQL is to be like.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Where everything is kept. Made if it is missing.
    pub data_dir: PathBuf,
    /// How many connections PostgreSQL accepts: the size of the pool and some to look in by psql.
    pub max_connections: u32,
    /// Whether commits have to survive.
    pub durability: Durability,
    /// None: the socket alone. Some: also this port of 127.0.0.1, with passwords (SCRAM-SHA-256); 0 picks a
    /// free one. The roles have no password until the caller sets one.
    pub listen_port: Option<u16>,
}

/// Whether commits have to survive a crash.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Durability {
    /// An acknowledged commit survives the loss of power.
    Full,
    /// For clusters that a test run throws away: nothing waits for the disk, and a crash may ruin the data.
    TestsOnly,
}

impl Settings {
    /// The number of the port and of the socket. A free port may be taken before PostgreSQL has it.
    pub(crate) fn pick_port(&self) -> io::Result<u16> {
        match self.listen_port {
            None => Ok(SOCKET_PORT),
            Some(0) => Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port()),
            Some(port) => Ok(port),
        }
    }

    /// Who may connect: by the socket whoever can enter its directory, by TCP nobody or who has a password.
    pub(crate) fn hba(&self) -> String {
        let host = match self.listen_port {
            None => "host  all         all all reject",
            Some(_) => "host  all         all 127.0.0.1/32 scram-sha-256",
        };
        format!(
            "# Written by the server at every start: changes are lost.\n\
             local all         all trust\n\
             local replication all trust\n\
             {host}\n"
        )
    }

    /// The arguments of `postgres`.
    pub(crate) fn arguments(
        &self,
        site: &Site,
        socket_dir: &Path,
        port: u16,
    ) -> Result<Vec<OsString>, Error> {
        let layout = &site.layout;
        let mut arguments: Vec<OsString> = vec!["-D".into(), layout.pg().into()];
        let mut set = |name: &str, value: &OsStr| {
            let mut setting = OsString::from(format!("{name}="));
            setting.push(value);
            arguments.extend(["-c".into(), setting]);
        };
        set("hba_file", layout.hba().as_os_str());
        set("log_directory", layout.log_dir().as_os_str());
        set("unix_socket_directories", &list_item(socket_dir));
        let max_connections = self.max_connections.to_string();
        let port = port.to_string();
        let shared_buffers = format!("{}MB", self.shared_buffers_mib());
        let durable = if self.durability == Durability::Full { "on" } else { "off" };
        let listen_addresses = if self.listen_port.is_some() { "127.0.0.1" } else { "" };
        for (name, value) in [
            ("fsync", durable),
            ("full_page_writes", durable),
            ("synchronous_commit", durable),
            ("wal_compression", site.wal_compression()?),
            ("max_wal_size", "2GB"),
            ("min_wal_size", "512MB"), // a new file of the log keeps a commit waiting for 10 ms: so many are used again
            ("shared_buffers", &shared_buffers),
            ("max_connections", &max_connections),
            ("random_page_cost", "1.1"), // a solid-state disk
            ("jit", "off"),              // compiling costs short queries more than it gains
            ("idle_in_transaction_session_timeout", "60s"),
            ("password_encryption", "scram-sha-256"),
            ("port", &port),
            ("listen_addresses", listen_addresses),
            ("unix_socket_permissions", "0700"),
            ("logging_collector", "on"),
            ("log_filename", "postgresql-%a.log"),
            ("log_rotation_age", "1d"),
            ("log_rotation_size", "0"),
            ("log_truncate_on_rotation", "on"),
        ] {
            set(name, value.as_ref());
        }
        Ok(arguments)
    }

    /// A quarter of the memory, as PostgreSQL's manual advises, within 128 MiB and 4 GiB.
    fn shared_buffers_mib(&self) -> u64 {
        match self.durability {
            Durability::Full => (memory::available_mib().unwrap_or(0) / 4).clamp(128, 4096),
            Durability::TestsOnly => 128,
        }
    }
}

/// `path` in double quotes, for a setting that is a list: a comma or a blank would end it.
fn list_item(path: &Path) -> OsString {
    let mut item = vec![b'"'];
    for &byte in path.as_os_str().as_bytes() {
        item.extend(if byte == b'"' { &b"\"\""[..] } else { std::slice::from_ref(&byte) });
    }
    item.push(b'"');
    OsString::from_vec(item)
}
