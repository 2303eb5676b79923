//! The command line.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

/// Readiness tests for people who carry a pager.
///
/// Questions are Markdown files, tests are drawn from them, engineers sit them
/// before joining on-call shifts, and what a team learns is reviewed together.
#[derive(Parser, Debug)]
#[command(
    name = "muster",
    version,
    after_help = "To look around:       muster serve --demo        then open http://127.0.0.1:3000\n\
                  For your team:        muster serve --data data\n\
                  To check your banks:  muster check questions\n\
                  To take them in:      muster import questions --circle \"Checkout team\" --data data\n\
                  To analyse marks:     muster analyse responses.csv"
)]
pub struct Cli {
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Subcommand, Debug)]
pub enum Command {
    /// Serve the platform.
    ///
    /// Each setting can be a flag, a variable, or a line of muster.toml (the
    /// flag's name with _ for -). The flag wins over the variable, the variable
    /// over the file.
    Serve(Box<ServeFlags>),
    /// Check question banks: every fault as path:line:column.
    ///
    /// Needs no database. Ends with status 1 if there is an error; warnings
    /// alone end with 0.
    Check(CheckFlags),
    /// Take question banks into a circle: all of them, or nothing.
    ///
    /// Taking the same banks again changes nothing. A changed file makes a new
    /// version, a removed one makes its question outdated; attempts keep what
    /// they were drawn with.
    Import(ImportFlags),
    /// Analyse a table of marks: how hard each question is, what it tells apart.
    ///
    /// Needs no database. The first line of the table is attempt and the names
    /// of the questions; the second is max and the maximum of each; then a line
    /// for each attempt. A cell is the mark, - where the question was there and
    /// not answered, empty where it was not in that attempt. Ends with status 1
    /// and every fault as path:line:column if it cannot be taken.
    Analyse(AnalyseFlags),
    /// Take runbook files into the runbook of a service, or only look at them.
    ///
    /// Says for each file which sections are filled, empty, a to-do or missing,
    /// which alerts it describes, and where it leads if it is only a redirect.
    /// What is odd in the files is told and ends with status 0: nothing of a
    /// text is lost. Taking the same files again changes nothing.
    ImportRunbooks(ImportRunbooksFlags),
    /// Bring postmortems that were written elsewhere into a circle, or only look
    /// at them.
    ///
    /// Says for each file its title, its day, how long its timeline is, and what
    /// is to be done, with the line, the owner and the day that the text names.
    /// Each file becomes a draft that keeps its text; one that was brought in
    /// before is left alone. What is odd in the files ends with status 0.
    ImportPostmortems(ImportPostmortemsFlags),
    /// Take files of Prometheus rules, to compare their alerts with the runbooks.
    ///
    /// A file takes the place of what was taken under the same name before.
    ImportRules(ImportRulesFlags),
    /// Write every runbook as plain HTML, for the day when the platform is down.
    ///
    /// The pages need no script and no server. They hold what all circles have
    /// written, so keep the folder as safe as the database.
    Export(ExportFlags),
}

#[derive(Args, Debug, Default)]
pub struct ServeFlags {
    /// Where to listen [default: 127.0.0.1:3000]
    #[arg(long, env = "MUSTER_LISTEN", value_name = "ADDRESS:PORT")]
    pub listen: Option<String>,
    /// The folder for what is kept; the SQLite file stands in it [default: data]
    #[arg(long, env = "MUSTER_DATA", value_name = "DIR")]
    pub data: Option<PathBuf>,
    /// The database: sqlite:PATH or postgres://USER@HOST/NAME [default: sqlite:DATA/muster.db]
    #[arg(long, env = "MUSTER_DATABASE", value_name = "URL", hide_env_values = true)]
    pub database: Option<String>,
    /// The folder of question banks that leaders take from [default: the sample banks]
    #[arg(long, env = "MUSTER_QUESTIONS", value_name = "DIR")]
    pub questions: Option<PathBuf>,
    /// The address that people use, for links and cookies [default: http://LISTEN]
    #[arg(long, env = "MUSTER_PUBLIC_URL", value_name = "URL")]
    pub public_url: Option<String>,
    /// Proxies whose X-Forwarded-For is believed, as addresses or networks
    #[arg(long, env = "MUSTER_TRUSTED_PROXIES", value_name = "NETWORKS", value_delimiter = ',')]
    pub trusted_proxies: Vec<String>,
    /// Networks of your own where the addresses of runbooks may be looked at [default: none]
    #[arg(long, env = "MUSTER_REACH", value_name = "NETWORKS", value_delimiter = ',')]
    pub reach: Vec<String>,
    /// What is logged, for example info or backend=debug [default: info]
    #[arg(long, env = "MUSTER_LOG", value_name = "FILTER")]
    pub log: Option<String>,
    /// How it is logged: text or json [default: text on a terminal, else json]
    #[arg(long, env = "MUSTER_LOG_FORMAT", value_name = "FORMAT")]
    pub log_format: Option<String>,
    /// The settings file [default: muster.toml, if there is one]
    #[arg(long, env = "MUSTER_CONFIG", value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Look around first: a circle of made-up people, whom anybody may be without a password
    ///
    /// Where neither --data nor --database is set it is kept in a temporary
    /// folder, which goes when the program ends. A database that is set up for
    /// real people is refused.
    #[arg(long)]
    pub demo: bool,
}

#[derive(Args, Debug)]
pub struct CheckFlags {
    /// The folder of banks
    #[arg(default_value = "questions", value_name = "DIR")]
    pub folder: PathBuf,
}

#[derive(Args, Debug)]
pub struct AnalyseFlags {
    /// The table of marks, comma-separated
    #[arg(value_name = "RESPONSES.csv")]
    pub file: PathBuf,
    /// All figures as JSON, each as a fraction, null where it is not defined
    #[arg(long)]
    pub json: bool,
}

#[derive(Args, Debug)]
pub struct ImportFlags {
    /// The folder of banks [default: the sample banks inside the program]
    #[arg(value_name = "DIR")]
    pub folder: Option<PathBuf>,
    /// The circle to take them into, by its name or short name
    #[arg(long, value_name = "NAME")]
    pub circle: String,
    #[command(flatten)]
    pub database: DatabaseFlags,
}

#[derive(Args, Debug)]
pub struct ImportRunbooksFlags {
    /// The folder of runbook files, or one file
    #[arg(value_name = "DIR")]
    pub folder: PathBuf,
    /// The service whose runbook they become [default: the first folder in each path]
    #[arg(long, value_name = "NAME")]
    pub service: Option<String>,
    /// The circle of the service, where several have one of that name
    #[arg(long, value_name = "NAME")]
    pub circle: Option<String>,
    /// Only say what is there; needs no database and no service
    #[arg(long)]
    pub dry_run: bool,
    /// Say it as JSON
    #[arg(long)]
    pub json: bool,
    #[command(flatten)]
    pub database: DatabaseFlags,
}

#[derive(Args, Debug)]
pub struct ImportPostmortemsFlags {
    /// The folder of postmortems, or one file
    #[arg(value_name = "DIR")]
    pub folder: PathBuf,
    /// The circle that they are for, by its name or short name
    #[arg(long, value_name = "NAME")]
    pub circle: Option<String>,
    /// Only say what is there; needs no database and no circle
    #[arg(long)]
    pub dry_run: bool,
    /// Say it as JSON
    #[arg(long)]
    pub json: bool,
    #[command(flatten)]
    pub database: DatabaseFlags,
}

#[derive(Args, Debug)]
pub struct ImportRulesFlags {
    /// Files of Prometheus rules, or of PrometheusRule resources
    #[arg(value_name = "RULES.yaml", required = true)]
    pub files: Vec<PathBuf>,
    /// The circle that the alerts are for, by its name or short name
    #[arg(long, value_name = "NAME")]
    pub circle: String,
    #[command(flatten)]
    pub database: DatabaseFlags,
}

#[derive(Args, Debug)]
pub struct ExportFlags {
    /// The folder to write into; it is made if it is not there
    #[arg(long = "static", value_name = "DIR")]
    pub folder: PathBuf,
    #[command(flatten)]
    pub database: DatabaseFlags,
}

/// Where a command finds the database.
#[derive(Args, Debug)]
pub struct DatabaseFlags {
    /// The folder for what is kept [default: data]
    #[arg(long, env = "MUSTER_DATA", value_name = "DIR")]
    pub data: Option<PathBuf>,
    /// The database [default: sqlite:DATA/muster.db]
    #[arg(long, env = "MUSTER_DATABASE", value_name = "URL", hide_env_values = true)]
    pub database: Option<String>,
    /// The settings file [default: muster.toml, if there is one]
    #[arg(long, env = "MUSTER_CONFIG", value_name = "FILE")]
    pub config: Option<PathBuf>,
}
