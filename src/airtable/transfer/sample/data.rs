//! What the sample base says; numbers of days count from the day it is made.

pub(super) const ROLES: [&str; 5] = [
    "Managing director",
    "Project manager",
    "Designer",
    "Developer",
    "Copywriter",
];
pub(super) const SKILLS: [&str; 8] = [
    "Strategy",
    "Workshops",
    "Illustration",
    "Typography",
    "Photography",
    "Web",
    "Accessibility",
    "Copywriting",
];
pub(super) const PROJECT_STATES: [&str; 6] = [
    "Planned",
    "In progress",
    "In review",
    "Waiting",
    "Done",
    "On hold",
];
pub(super) const SERVICES: [&str; 8] = [
    "Strategy",
    "Branding",
    "Design",
    "Web",
    "Text",
    "Print",
    "Campaign",
    "Photography",
];
pub(super) const TASK_STATES: [&str; 5] = ["To do", "In progress", "Waiting", "In review", "Done"];
pub(super) const INVOICE_STATES: [&str; 4] = ["Draft", "Sent", "Paid", "Overdue"];
pub(super) const NOTE_KINDS: [&str; 5] = ["Meeting", "Call", "Interview", "Decision", "Idea"];

pub(super) struct Person {
    pub(super) name: &'static str,
    pub(super) role: &'static str,
    pub(super) rate: u32,
    pub(super) skills: &'static [&'static str],
}

pub(super) struct Project {
    pub(super) name: &'static str,
    pub(super) client: &'static str,
    pub(super) status: &'static str,
    pub(super) lead: usize,
    pub(super) start: i64,
    pub(super) deadline: i64,
    pub(super) budget: u32,
    pub(super) progress: u8,
    pub(super) priority: u8,
    pub(super) services: &'static [&'static str],
    pub(super) site: &'static str,
}

pub(super) struct Task {
    pub(super) project: usize,
    pub(super) name: &'static str,
    pub(super) status: &'static str,
    pub(super) assignee: usize,
    pub(super) due: i64,
    pub(super) hours: u32,
}

pub(super) struct Invoice {
    pub(super) project: usize,
    pub(super) amount: f64,
    pub(super) status: &'static str,
    pub(super) issued: i64,
}

pub(super) struct Note {
    pub(super) project: usize,
    pub(super) title: &'static str,
    pub(super) kind: &'static str,
    pub(super) day: i64,
    pub(super) hour: i64,
    pub(super) text: &'static str,
}

#[rustfmt::skip]
pub(super) const PEOPLE: [Person; 8] = [
    Person { name: "Mara Lindner", role: "Managing director", rate: 140, skills: &["Strategy", "Workshops"] },
    Person { name: "Tobias Wurm", role: "Managing director", rate: 140, skills: &["Strategy", "Photography"] },
    Person { name: "Ayşe Demir", role: "Designer", rate: 95, skills: &["Illustration", "Typography"] },
    Person { name: "Jonas Keller", role: "Developer", rate: 105, skills: &["Web", "Accessibility"] },
    Person { name: "Nadia Haddad", role: "Project manager", rate: 100, skills: &["Workshops", "Copywriting"] },
    Person { name: "Piotr Zielinski", role: "Developer", rate: 105, skills: &["Web"] },
    Person { name: "Lucie Moreau", role: "Designer", rate: 95, skills: &["Typography", "Photography"] },
    Person { name: "Emeka Obi", role: "Copywriter", rate: 85, skills: &["Copywriting", "Strategy"] },
];

#[rustfmt::skip]
pub(super) const PROJECTS: [Project; 12] = [
    Project { name: "Harbour Museum website", client: "Harbour Museum", status: "In progress", lead: 4, start: -60, deadline: 45, budget: 48000, progress: 55, priority: 5, services: &["Web", "Design"], site: "harbour-museum" },
    Project { name: "Brand refresh", client: "Kaffeerösterei Nord", status: "In review", lead: 2, start: -45, deadline: 10, budget: 18500, progress: 80, priority: 4, services: &["Branding", "Design"], site: "kaffee-nord" },
    Project { name: "Annual report", client: "Stadtwerke Elbtal", status: "In progress", lead: 6, start: -30, deadline: 25, budget: 22000, progress: 40, priority: 4, services: &["Design", "Text"], site: "elbtal" },
    Project { name: "Online shop", client: "Velo Manufaktur", status: "Planned", lead: 3, start: 14, deadline: 120, budget: 39000, progress: 0, priority: 3, services: &["Web"], site: "velo" },
    Project { name: "Trade fair stand", client: "Solarwerk", status: "Done", lead: 1, start: -150, deadline: -35, budget: 27500, progress: 100, priority: 3, services: &["Branding", "Print"], site: "solarwerk" },
    Project { name: "Recruiting campaign", client: "Klinik am Park", status: "In progress", lead: 4, start: -20, deadline: 60, budget: 31000, progress: 20, priority: 5, services: &["Campaign", "Text"], site: "klinik-park" },
    Project { name: "Festival posters", client: "Literaturhaus", status: "Done", lead: 2, start: -95, deadline: -28, budget: 6800, progress: 100, priority: 2, services: &["Print", "Design"], site: "literaturhaus" },
    Project { name: "Patient app concept", client: "Klinik am Park", status: "Waiting", lead: 0, start: -10, deadline: 80, budget: 15500, progress: 10, priority: 4, services: &["Strategy"], site: "klinik-park" },
    Project { name: "Wine labels", client: "Weingut Sommer", status: "In review", lead: 6, start: -50, deadline: 5, budget: 7200, progress: 90, priority: 2, services: &["Print", "Design"], site: "weingut-sommer" },
    Project { name: "Accessibility audit", client: "City of Brunn", status: "Done", lead: 3, start: -80, deadline: -15, budget: 9400, progress: 100, priority: 4, services: &["Web", "Strategy"], site: "brunn" },
    Project { name: "Spring newsletter", client: "Harbour Museum", status: "Planned", lead: 7, start: 20, deadline: 50, budget: 4200, progress: 0, priority: 1, services: &["Text"], site: "harbour-museum" },
    Project { name: "Photo library", client: "Velo Manufaktur", status: "On hold", lead: 1, start: -70, deadline: 90, budget: 8600, progress: 30, priority: 1, services: &["Photography"], site: "velo" },
];

#[rustfmt::skip]
pub(super) const TASKS: [Task; 40] = [
    Task { project: 0, name: "Agree on the site map", status: "Done", assignee: 4, due: -48, hours: 6 },
    Task { project: 0, name: "Wireframes for the collection pages", status: "Done", assignee: 2, due: -35, hours: 16 },
    Task { project: 0, name: "Page templates", status: "In progress", assignee: 3, due: 4, hours: 40 },
    Task { project: 0, name: "Search across the collection", status: "In progress", assignee: 5, due: 12, hours: 32 },
    Task { project: 0, name: "Write the opening texts", status: "To do", assignee: 7, due: 18, hours: 12 },
    Task { project: 0, name: "Test with screen readers", status: "To do", assignee: 3, due: 32, hours: 10 },
    Task { project: 1, name: "Interview three regulars", status: "Done", assignee: 4, due: -38, hours: 6 },
    Task { project: 1, name: "Logo variants", status: "Done", assignee: 2, due: -22, hours: 20 },
    Task { project: 1, name: "Packaging mock-ups", status: "In review", assignee: 6, due: -2, hours: 14 },
    Task { project: 1, name: "Brand guidelines", status: "In progress", assignee: 2, due: 8, hours: 18 },
    Task { project: 2, name: "Collect figures from the departments", status: "Waiting", assignee: 4, due: -1, hours: 4 },
    Task { project: 2, name: "Cover proposals", status: "Done", assignee: 6, due: -12, hours: 10 },
    Task { project: 2, name: "Layout of the first chapter", status: "In progress", assignee: 6, due: 6, hours: 16 },
    Task { project: 2, name: "Translate the summary", status: "To do", assignee: 7, due: 15, hours: 8 },
    Task { project: 2, name: "Book the printer", status: "To do", assignee: 4, due: 11, hours: 2 },
    Task { project: 3, name: "Compare shop systems", status: "In progress", assignee: 5, due: 9, hours: 12 },
    Task { project: 3, name: "Data model for frame sizes", status: "To do", assignee: 3, due: 21, hours: 10 },
    Task { project: 3, name: "Offer for product photos", status: "To do", assignee: 1, due: 16, hours: 3 },
    Task { project: 4, name: "Stand design", status: "Done", assignee: 1, due: -110, hours: 30 },
    Task { project: 4, name: "Order the panels", status: "Done", assignee: 4, due: -70, hours: 3 },
    Task { project: 4, name: "Thank-you mailing", status: "Done", assignee: 7, due: -36, hours: 4 },
    Task { project: 5, name: "Kick-off with the nursing team", status: "Done", assignee: 4, due: -16, hours: 4 },
    Task { project: 5, name: "Claim and key visual", status: "In progress", assignee: 2, due: 7, hours: 18 },
    Task { project: 5, name: "Shoot portraits on the ward", status: "To do", assignee: 1, due: 19, hours: 12 },
    Task { project: 5, name: "Landing page", status: "To do", assignee: 5, due: 28, hours: 20 },
    Task { project: 5, name: "Media plan", status: "Waiting", assignee: 0, due: 10, hours: 8 },
    Task { project: 6, name: "Poster series", status: "Done", assignee: 2, due: -60, hours: 24 },
    Task { project: 6, name: "Proof at the print shop", status: "Done", assignee: 6, due: -34, hours: 2 },
    Task { project: 7, name: "Workshop with doctors", status: "Waiting", assignee: 0, due: 13, hours: 6 },
    Task { project: 7, name: "Sketch the appointment flow", status: "To do", assignee: 2, due: 24, hours: 12 },
    Task { project: 8, name: "Illustrate the Riesling label", status: "Done", assignee: 2, due: -25, hours: 9 },
    Task { project: 8, name: "Check the legal texts", status: "In review", assignee: 7, due: 1, hours: 2 },
    Task { project: 8, name: "Paper samples", status: "In progress", assignee: 6, due: 3, hours: 1 },
    Task { project: 9, name: "Automated checks", status: "Done", assignee: 3, due: -65, hours: 8 },
    Task { project: 9, name: "Manual review of 20 pages", status: "Done", assignee: 5, due: -40, hours: 16 },
    Task { project: 9, name: "Present the findings", status: "Done", assignee: 3, due: -16, hours: 3 },
    Task { project: 10, name: "Topic list", status: "To do", assignee: 7, due: 23, hours: 3 },
    Task { project: 10, name: "Choose the mail service", status: "To do", assignee: 5, due: 26, hours: 2 },
    Task { project: 11, name: "Sort the archive", status: "In progress", assignee: 1, due: 30, hours: 20 },
    Task { project: 11, name: "Agree on usage rights", status: "Waiting", assignee: 4, due: 14, hours: 3 },
];

#[rustfmt::skip]
pub(super) const INVOICES: [Invoice; 15] = [
    Invoice { project: 0, amount: 12000.0, status: "Paid", issued: -45 },
    Invoice { project: 0, amount: 12000.0, status: "Sent", issued: -9 },
    Invoice { project: 1, amount: 6166.67, status: "Paid", issued: -30 },
    Invoice { project: 1, amount: 6166.67, status: "Sent", issued: -5 },
    Invoice { project: 2, amount: 7333.33, status: "Paid", issued: -22 },
    Invoice { project: 4, amount: 13750.0, status: "Paid", issued: -120 },
    Invoice { project: 4, amount: 13750.0, status: "Paid", issued: -33 },
    Invoice { project: 5, amount: 9300.0, status: "Sent", issued: -12 },
    Invoice { project: 6, amount: 6800.0, status: "Paid", issued: -26 },
    Invoice { project: 7, amount: 3100.0, status: "Draft", issued: 0 },
    Invoice { project: 8, amount: 3600.0, status: "Paid", issued: -34 },
    Invoice { project: 8, amount: 3240.0, status: "Overdue", issued: -24 },
    Invoice { project: 9, amount: 4700.0, status: "Paid", issued: -60 },
    Invoice { project: 9, amount: 4700.0, status: "Overdue", issued: -20 },
    Invoice { project: 11, amount: 2580.5, status: "Sent", issued: -3 },
];

#[rustfmt::skip]
pub(super) const NOTES: [Note; 10] = [
    Note { project: 0, title: "Kick-off", kind: "Meeting", day: -58, hour: 10, text: "The museum wants visitors to find opening hours in one click.\nThe collection has 4,200 objects; 900 of them have photos." },
    Note { project: 0, title: "Feedback on the templates", kind: "Call", day: -6, hour: 14, text: "Larger captions, please.\nThe timeline may go if it costs more than two days." },
    Note { project: 1, title: "What the regulars say", kind: "Interview", day: -38, hour: 9, text: "\"The blue bag\" is how everybody knows the coffee.\nNobody reads the claim." },
    Note { project: 1, title: "Colour decision", kind: "Decision", day: -15, hour: 16, text: "We keep the blue and drop the gold. The roastery agreed by mail." },
    Note { project: 2, title: "Figures are late", kind: "Call", day: -2, hour: 11, text: "Finance delivers on Thursday. The print date holds if the layout starts without the tables." },
    Note { project: 3, title: "First talk about the shop", kind: "Meeting", day: -4, hour: 13, text: "Frames are built to order: size, colour and gears must be chosen in one step." },
    Note { project: 5, title: "Kick-off", kind: "Meeting", day: -16, hour: 9, text: "Real faces instead of stock photos. Two nurses have volunteered already." },
    Note { project: 7, title: "Why we wait", kind: "Decision", day: -7, hour: 15, text: "The clinic's data protection officer has to approve the workshop first." },
    Note { project: 8, title: "Paper", kind: "Idea", day: -12, hour: 17, text: "Try the uncoated stock; the illustration looks softer on it." },
    Note { project: 9, title: "Lessons learned", kind: "Meeting", day: -14, hour: 10, text: "Contrast and form labels were two thirds of all findings.\nOffer a half-day training next time." },
];
