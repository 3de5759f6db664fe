//! Who takes part: ours, the roofline, and the rivals of `benches/peers.toml`.

use std::path::{Path, PathBuf};

use serde::Deserialize;

/// What a contestant is compared as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Our kernels.
    Ours,
    /// Our kernels on one thread, where the others have more.
    OneThread,
    /// Plain traffic of as many elements.
    Roofline,
    /// Somebody else's.
    Rival,
}

/// A contestant and how it is started.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Peer {
    /// Its name in results.
    pub name: String,
    /// What it is compared as.
    pub role: Role,
    /// Where it is started.
    pub folder: PathBuf,
    /// The program, within that folder unless absolute, and its arguments but for `--threads N`.
    pub command: Vec<String>,
}

impl Peer {
    /// The program.
    #[must_use]
    pub fn program(&self) -> PathBuf {
        self.folder.join(&self.command[0])
    }
}

#[derive(Debug, Deserialize)]
struct List {
    peer: Vec<Row>,
}

#[derive(Debug, Deserialize)]
struct Row {
    name: String,
    folder: String,
    command: Vec<String>,
}

const LIST: &str = include_str!("../../peers.toml");

/// All rivals that are known, built or not.
///
/// # Panics
/// The list is wrong: a test reads it.
#[must_use]
pub fn rivals(benches: &Path) -> Vec<Peer> {
    let list: List = toml::from_str(LIST).expect("benches/peers.toml is well formed");
    let peer = |Row { name, folder, command }| Peer {
        name,
        role: Role::Rival,
        folder: benches.join("peers").join(folder),
        command,
    };
    list.peer.into_iter().map(peer).collect()
}

/// Ours from the program `ours`: the kernels, the roofline and, with more threads, one thread.
#[must_use]
pub fn ours(program: &Path, threads: usize) -> Vec<Peer> {
    let roles = [("ours", Role::Ours), ("roofline", Role::Roofline), ("ours-1", Role::OneThread)];
    let peer = |(name, role): (&str, Role)| Peer {
        name: name.into(),
        role,
        folder: PathBuf::new(),
        command: vec![program.to_string_lossy().into_owned()],
    };
    roles[..if threads > 1 { 3 } else { 2 }].iter().copied().map(peer).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_names_each_rival_once() {
        let rivals = rivals(Path::new("benches"));
        let names: Vec<&str> = rivals.iter().map(|peer| &*peer.name).collect();
        for name in ["torch", "onnxruntime", "jax", "numpy", "opencv", "onednn", "candle", "burn"] {
            assert_eq!(names.iter().filter(|other| **other == name).count(), 1, "{name}");
        }
        assert!(rivals.iter().all(|peer| !peer.command.is_empty()));
    }
}
