//! Places groups of hazardous areas: along the belts, inside the country, apart from each other.

use super::belts::{Density, Ordnance, belts};
use super::ground::{Capsule, Country, Frame, Position, Taken};
use super::outline::{Form, Outline};
use super::random::{Purpose, Random};
use super::{DemoProgramme, Settings};

/// One to three neighbouring hazardous areas, cut from one outline.
#[derive(Clone, Debug)]
pub(super) struct Group {
    pub(super) centre: Position,
    /// From east towards north.
    pub(super) angle_rad: f64,
    pub(super) area_m2: f64,
    pub(super) form: Form,
    pub(super) belt: u8,
    pub(super) province: u8,
    pub(super) members: u8,
    /// Whether the members overlap a little, instead of only sharing a border.
    pub(super) overlapping: bool,
}

impl Group {
    /// The outline of the whole group, which depends on its number and not on its place.
    pub(super) fn outline(&self, seed: u64, number: usize) -> Outline {
        let mut random = Random::keyed(seed, Purpose::Outline, number);
        Outline::draw(self.form, self.area_m2, usize::from(self.members), &mut random)
    }

    /// Where the outline's own plane lies on the ground.
    pub(super) fn setting(&self) -> Setting {
        let (sin, cos) = self.angle_rad.sin_cos();
        Setting { frame: Frame::at(self.centre), sin, cos }
    }

    fn capsule(&self, outline: &Outline) -> Capsule {
        let (half, radius) = outline.capsule_m();
        let setting = self.setting();
        // Second surveys move edges by 8 % of the width; releases reach beyond them.
        let second_survey = if self.members > 1 { 1.1 } else { 1.0 };
        Capsule {
            axis: [-half, half].map(|x| setting.position([x, 0.0])),
            radius_m: radius * second_survey + 2.5 * reach_m(self.area_m2) + 5.0,
        }
    }
}

/// The plane of an outline, moved and turned to its place on the ground.
#[derive(Clone, Copy, Debug)]
pub(super) struct Setting {
    frame: Frame,
    sin: f64,
    cos: f64,
}

impl Setting {
    /// The longitude and latitude of a position of the outline.
    pub(super) fn position(&self, [x, y]: [f64; 2]) -> Position {
        self.frame.position([x * self.cos - y * self.sin, x * self.sin + y * self.cos])
    }
}

/// How far a release may reach beyond a hazardous area, for those that do.
pub(super) fn reach_m(area_m2: f64) -> f64 {
    (0.05 * area_m2.sqrt()).clamp(3.0, 12.0)
}

/// How large hazardous areas are: log-normal, with a 99th percentile of twenty times the median.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sizes {
    pub(super) median_m2: f64,
    /// How many times fuller the country is than a real one.
    crowding: f64,
}

/// The standard deviation of the logarithm: ln 20 over the 99th percentile of the normal.
const SIZE_SIGMA: f64 = 1.288;
const MEDIAN_M2: f64 = 40_000.0;
const MEAN_M2: f64 = 92_000.0;
const LARGEST_M2: f64 = 3_000_000.0;
const SMALLEST_M2: f64 = 400.0;

impl Sizes {
    /// The sizes of so many hazardous areas.
    ///
    /// A country's contaminated land does not grow with the records kept about it: beyond what
    /// the real programmes hold (about 1,500 km² in Cambodia; 5,000 km² is ours for Ukraine),
    /// land grows with the square root of the number of records, and areas shrink.
    pub(super) fn of(programme: DemoProgramme, hazardous_areas: usize) -> Self {
        let full_m2 = match programme {
            DemoProgramme::Cambodia => 1.5e9,
            DemoProgramme::Ukraine => 5.0e9,
        };
        let crowding = (hazardous_areas as f64 * MEAN_M2 / full_m2).max(1.0);
        Self { median_m2: MEDIAN_M2 / crowding.sqrt(), crowding }
    }

    fn draw(self, random: &mut Random) -> f64 {
        let size_m2 = self.median_m2 * (SIZE_SIGMA * random.normal()).exp();
        size_m2.clamp(SMALLEST_M2, LARGEST_M2)
    }
}

/// Places groups until they hold `hazardous_areas` members.
pub(super) fn place(settings: Settings, country: &Country, hazardous_areas: usize) -> Vec<Group> {
    let sizes = Sizes::of(settings.programme, hazardous_areas);
    let widened = sizes.crowding.powf(0.4);
    let density = Density::new(settings.programme, country, settings.seed, widened);
    let mut placing = Placing {
        settings,
        country,
        density,
        sizes,
        random: Random::keyed(settings.seed, Purpose::Placement, 0),
        taken: Taken::new(country.bounds(), 0.02 / widened),
        groups: Vec::with_capacity(hazardous_areas),
        widened,
        founders: (3.0 * (hazardous_areas as f64).powf(0.7)) as usize,
    };
    let mut placed = 0;
    while placed < hazardous_areas {
        placed += placing.place_next(hazardous_areas - placed);
    }
    placing.groups
}

struct Placing<'a> {
    settings: Settings,
    country: &'a Country,
    density: Density,
    sizes: Sizes,
    random: Random,
    taken: Taken,
    groups: Vec<Group>,
    widened: f64,
    /// The first so many groups are placed by density alone, the others mostly near one of them.
    founders: usize,
}

/// After so many places tried in vain an area is made smaller.
const TRIES_A_SIZE: usize = 12;
/// By then areas are as small as they get; what finds no free place is laid over others.
const TRIES: usize = 20 * TRIES_A_SIZE;

impl Placing<'_> {
    /// Places one group of at most `wanted` members and tells how many it has.
    fn place_next(&mut self, wanted: usize) -> usize {
        let mut group = self.draw_group(wanted);
        let number = self.groups.len();
        let mut outline = group.outline(self.settings.seed, number);
        let mut tries = 0;
        loop {
            tries += 1;
            if tries % TRIES_A_SIZE == 0 {
                group.area_m2 = (group.area_m2 * 0.6).max(SMALLEST_M2);
                outline = group.outline(self.settings.seed, number);
            }
            self.draw_place(&mut group, tries);
            let capsule = group.capsule(&outline);
            if tries < TRIES && !self.taken.is_free(&capsule) {
                continue;
            }
            // The outline of the country is straight between vertices up to 20 km apart; a
            // geodesic leaves such a line by some metres.
            let touches = self.country.touches(&capsule, 30.0);
            if touches.outline || (touches.province_border && !self.random.chance(0.3)) {
                continue;
            }
            let Some(province) = self.country.province_at(group.centre) else { continue };
            group.province = province;
            let members = usize::from(group.members);
            self.taken.take(capsule);
            self.groups.push(group);
            return members;
        }
    }

    fn draw_group(&mut self, wanted: usize) -> Group {
        const MEMBERS: [(f64, (u8, bool)); 5] = [
            (0.935, (1, false)),
            (0.036, (2, true)),
            (0.022, (2, false)),
            (0.004, (3, true)),
            (0.003, (3, false)),
        ];
        const FORMS: [(f64, Form); 4] =
            [(0.36, Form::Belt), (0.17, Form::Field), (0.27, Form::Blob), (0.2, Form::Star)];
        const STRIKES: [(f64, Form); 3] =
            [(0.35, Form::Boxes), (0.4, Form::Star), (0.25, Form::Blob)];
        const SHARED: [(f64, Form); 3] = [(0.4, Form::Belt), (0.2, Form::Field), (0.4, Form::Blob)];
        let random = &mut self.random;
        let belt = self.density.belt(random);
        let ordnance = belts(self.settings.programme)[usize::from(belt)].ordnance;
        let (members, overlapping) = *random.weighted(&MEMBERS);
        let members = members.min(u8::try_from(wanted).unwrap_or(u8::MAX));
        let form = match (members, ordnance) {
            (1, Ordnance::ClusterMunitions) => *random.weighted(&STRIKES),
            (1, Ordnance::Mines | Ordnance::Mixed) => *random.weighted(&FORMS),
            _ => *random.weighted(&SHARED),
        };
        let area_m2 = (0..members).map(|_| self.sizes.draw(random)).sum();
        Group {
            centre: [0.0, 0.0],
            angle_rad: 0.0,
            area_m2,
            form,
            belt,
            province: 0,
            members,
            overlapping: overlapping && members > 1,
        }
    }

    fn draw_place(&mut self, group: &mut Group, tries: usize) {
        let random = &mut self.random;
        let founders = self.founders.min(self.groups.len());
        let follows = founders == self.founders && tries <= TRIES_A_SIZE && random.chance(0.75);
        if follows {
            let founder = &self.groups[random.whole(0, founders - 1)];
            let frame = Frame::at(founder.centre);
            let spread_m = 900.0 * self.widened + 250.0 * tries as f64;
            group.belt = founder.belt;
            group.centre = frame.position([spread_m * random.normal(), spread_m * random.normal()]);
        } else {
            group.centre = self.density.position(group.belt, random);
        }
        let along = self.density.direction(group.belt, group.centre);
        group.angle_rad = match group.form {
            Form::Belt => along + 0.25 * random.normal(),
            Form::Field => along + 0.6 * random.normal(),
            Form::Boxes => 0.0,
            Form::Blob | Form::Star => random.between(0.0, std::f64::consts::PI),
        };
    }
}
