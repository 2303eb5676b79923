//! Everyone who could ask for something of a circle.

use super::{Client, Muster};

/// The circle `orders` and its neighbour `billing`, both at work.
pub struct TwoCircles {
    pub muster: Muster,
    pub nobody: Client,
    /// Leads `orders`.
    pub lou: Client,
    /// Engineer of `orders`, sits its round.
    pub ada: Client,
    pub adas_id: String,
    /// Engineer of `orders`, whose account was disabled while signed in.
    pub dan: Client,
    /// Leads `billing`.
    pub bea: Client,
    /// Engineer of `billing`, sits its round.
    pub ed: Client,
    /// Administers the installation and is in neither circle.
    pub lea: Client,
    pub orders: Records,
    pub billing: Records,
    /// The version of the question `orders-db/process/what-first`.
    pub hash: String,
}

/// What there is in a circle, by its ids.
pub struct Records {
    pub test: String,
    pub round: String,
    /// An attempt that is being sat.
    pub attempt: String,
    /// Of another round, and handed in.
    pub done: String,
    /// That other round.
    pub earlier: String,
}

impl TwoCircles {
    pub async fn at_work() -> TwoCircles {
        let mut muster = Muster::start().await;
        let lea = muster.set_up().await;
        let lou = lea.invites(&muster, "lou", "leader").await;
        let ada = lou.invites(&muster, "ada", "engineer").await;
        let dan = lou.invites(&muster, "dan", "engineer").await;
        let adas_id = lou.id_of("ada").await;
        let dans_id = lou.id_of("dan").await;
        let billing = lea.makes_circle("Billing").await;
        let bea = billing.invites(&muster, "bea", "leader").await;
        let ed = bea.invites(&muster, "ed", "engineer").await;
        lea.leaves(&lou.id_of("lea").await).await;
        billing.leaves(&bea.id_of("lea").await).await;
        let orders = Records::of(&lou, &ada).await;
        let billing = Records::of(&bea, &ed).await;
        let page = lea.open(&format!("/people?person={dans_id}")).await;
        lea.submit(page.form("form:has([value=disable])")).await;
        add_review(&muster, &orders.earlier).await;
        add_review(&muster, &billing.earlier).await;
        let hash = "SELECT max(hash) FROM question_versions WHERE question = $1";
        let hash = muster.database.text(hash, "orders-db/process/what-first").await;
        TwoCircles {
            hash,
            nobody: Client::of(&muster),
            muster,
            lou,
            ada,
            adas_id,
            dan,
            bea,
            ed,
            lea,
            orders,
            billing,
        }
    }
}

impl Records {
    async fn of(leader: &Client, engineer: &Client) -> Records {
        leader.takes_bank("orders-db").await;
        let test = leader.makes_test().await;
        let earlier = leader.plans_round(&test).await;
        let round = leader.plans_round(&test).await;
        let done = engineer.starts(&earlier).await;
        engineer.hands_in(&done).await;
        let attempt = engineer.starts(&round).await;
        engineer.makes_action("Raise the pool alarm", &[]).await;
        engineer.begins_postmortem("Checkout stood still").await;
        engineer.opens_incident("Checkout is slow", |form| form).await;
        Records { test, round, attempt, done, earlier }
    }
}

impl Client {
    /// Leaves the circle that this person works in.
    async fn leaves(&self, id: &str) {
        let page = self.open(&self.at(&format!("/members/{id}?remove=1"))).await;
        self.submit(page.form("form:has([value=remove])")).await;
    }
}

/// Puts a review of a round into the database that is in progress, before its
/// time: `review-of-orders` for a round of `orders`.
async fn add_review(muster: &Muster, round: &str) {
    for sql in [
        "INSERT INTO reviews (id, circle, round, state, planned_at, n_moved, time_box, revision, opened_at,
                              changed_at, started_at)
         SELECT 'review-of-' || circle, circle, id, 'in_progress', opens_at, 0, 10, 1, opens_at, opens_at, opens_at
         FROM rounds WHERE id = $1",
        "INSERT INTO review_people (review, person, because)
         SELECT 'review-of-' || r.circle, p.person, 'taker'
         FROM round_people p JOIN rounds r ON r.id = p.round
         WHERE r.id = $1",
    ] {
        muster.database.run(sql, round).await;
    }
}
