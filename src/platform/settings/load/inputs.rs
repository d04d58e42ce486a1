use std::collections::BTreeMap;
use std::path::PathBuf;

/// What the settings are read from.
#[derive(Clone, Debug, Default)]
pub struct Inputs {
    /// Folder of `default.toml` and `{environment}.toml`; both may be absent.
    pub config_dir: Option<PathBuf>,
    /// The file named by `--config`; it must be there.
    pub config_file: Option<PathBuf>,
    /// The environment's variables.
    pub environment: BTreeMap<String, String>,
    /// Values of command-line flags by key.
    pub overrides: Vec<(&'static str, String)>,
}

impl Inputs {
    /// The inputs of this process: `config/` in the working directory and the environment.
    #[expect(
        clippy::disallowed_methods,
        reason = "this is the one place that reads the environment"
    )]
    pub fn from_process(
        config_file: Option<PathBuf>,
        overrides: Vec<(&'static str, String)>,
    ) -> Self {
        // A variable that is not UTF-8 cannot be one of ours.
        let text = |(name, value): (std::ffi::OsString, std::ffi::OsString)| {
            Some((name.into_string().ok()?, value.into_string().ok()?))
        };
        Self {
            config_dir: Some(PathBuf::from("config")),
            config_file,
            environment: std::env::vars_os().filter_map(text).collect(),
            overrides,
        }
    }
}
