//! What the demo team writes to open questions: as people write at the end of a
//! day, whole, half and beside the point.

use rand::Rng;

/// What was written to one question.
struct Written {
    /// The question's id.
    to: &'static str,
    /// Says what the rubric asks for.
    whole: &'static [&'static str],
    /// Says some of it.
    half: &'static [&'static str],
    /// Says little of it, or something wrong.
    little: &'static [&'static str],
}

/// What somebody writes to an open question, or nothing where it is not one of
/// the samples. Some who know are short of time, and some who do not have a part
/// of it. People of another `voice` use other words, as far as there are some.
pub(super) fn write(question: &str, knows: bool, voice: usize, rng: &mut impl Rng) -> Option<&'static str> {
    let written = ALL.iter().find(|written| written.to == question)?;
    let of = match (knows, rng.random_bool(0.3)) {
        (true, false) => written.whole,
        (false, false) => written.little,
        (_, true) => written.half,
    };
    of.get(voice % of.len().max(1)).copied()
}

/// How much of what was asked for an answer says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Worth {
    Whole,
    Half,
    Little,
}

/// What an answer of the demo is worth.
pub(super) fn worth(text: &str) -> Worth {
    if ALL.iter().any(|written| written.whole.contains(&text)) {
        Worth::Whole
    } else if ALL.iter().any(|written| written.half.contains(&text)) {
        Worth::Half
    } else {
        Worth::Little
    }
}

const ALL: [Written; 8] = [
    Written {
        to: "event-stream/process/explain-the-lag",
        whole: &[
            "Payments go through, but customers get their confirmation about 40 minutes late. No payment is lost \
             and none is taken twice as far as we see. We are catching up and think it is back to normal around \
             16:30, I write again at 15:30 either way. Please tell customers not to pay again.",
            "Hi, short version: customers see \"payment pending\" for up to 40 min, then it confirms. Nothing got \
             lost. One of our machines broke this morning and the rest is working through what piled up. I don't \
             know yet when it's through, will know in half an hour and tell you at quarter past.",
        ],
        half: &[
            "Confirmations of payments are late by about 40 minutes. Nothing is lost. We work on it and the lag \
             of the consumers is going down.",
            "Customers will notice that their order is not confirmed at once. Next update at 15:00.",
        ],
        little: &[
            "The consumer group for `payments` has a lag of 40 min because broker 3 died, the partitions are \
             under-replicated and the ISR is shrinking. We are rebalancing.",
            "No impact for customers, just a delay in the backend. All good soon!",
        ],
    },
    Written {
        to: "event-stream/troubleshooting/lag-with-idle-consumers",
        whole: &[
            "1. `kafka-consumer-groups --describe` a few times: do members come and go, is it rebalancing all the \
             time?\n2. If it is stable: what do they wait for? Idle CPU means waiting. Thread dump, and the \
             latency of the database and of the tax service they call. If those are slow that's it.\n3. Produce \
             rate against last week, maybe there is simply more.\n4. How long one batch takes against \
             max.poll.interval.ms. If longer, they get thrown out and it starts again.",
            "Low CPU so they sit and wait for something. First the thing behind it (db, http calls, locks), \
             usually it's that. Then the group state, if it says PreparingRebalance every time I look somebody \
             keeps falling out, which happens when a poll takes longer than max.poll.interval.ms, so I compare \
             the two. And I look if someone started a backfill, the producers are the other half of lag.",
        ],
        half: &[
            "Look at the group, if it rebalances all the time. Then at the database behind the consumer, if it is \
             slow the consumers are idle.",
            "I'd check whether more is coming in than usual, and then take a thread dump of one consumer to see \
             what it waits for.",
        ],
        little: &[
            "Add more consumers up to the number of partitions, that usually brings the lag down.",
            "Restart the consumers one after the other and watch the lag. If it does not help, the brokers.",
        ],
    },
    Written {
        to: "http-edge/process/announce-the-change",
        whole: &[
            "Tue 10:00–11:00: shop moves from pool shop-a to shop-b, 10 % first, all of it from 10:20. Done by me \
             (phone in the rota), backup is Deniz until 12. Good = 5xx under 0.2 % and p95 under 400 ms on the \
             edge board for 15 min. Bad = either is over for 5 min: set the weight of shop-b to 0, that's one \
             line and takes effect at once. You don't need to ask me for that.",
            "Change: shop behind new servers. When: tomorrow 14:00 to 15:00. Who: me, if you can't reach me then \
             Priya. You'll see sessions on shop-b go up and shop-a to zero, errors stay flat, then it worked. If \
             the error rate doubles or checkout doesn't go through: set shop-a ready, drain shop-b. Old pool stays \
             up until Friday.",
        ],
        half: &[
            "Tomorrow at 10:00 the shop moves to the new pool, takes about an hour. I do it. If something is \
             wrong we go back to the old pool.",
            "10:00–11:00 new pool for shop. Worked if error rate stays below 0.5 % for a quarter of an hour. \
             Questions to me.",
        ],
        little: &[
            "Planned maintenance of the load balancer tomorrow morning. No impact expected.",
            "We replace the servers since the old ones are out of support and the new ones have more memory, see \
             ticket.",
        ],
    },
    Written {
        to: "http-edge/troubleshooting/slow-for-some",
        whole: &[
            "Average hides it: if 5 in 100 take ten seconds the mean hardly moves. So p99, and single requests \
             from the log. In the log the timers, Tw is time in the queue, Tc connecting, Tr until the server \
             answers. Group the slow ones by server first, then by path. If it is one server I take it out of \
             rotation and look at it in peace; if Tw is high everywhere we're short of servers.",
            "grep everything over 8 s of the last hour, then count by server / path / customer network. The log \
             line has the times in it: queue, connect, response. Queue long = maxconn reached, connect long = \
             network or a server that doesn't accept, response long = the app. On the board I'd look at p95/p99 \
             instead of the mean because few slow ones drown in it. One server only → drain it.",
        ],
        half: &[
            "Look at p99 instead of the average, since a few slow requests do not show in it. Then sort the slow \
             requests by backend server.",
            "In the HAProxy log there are timers, Tq Tw Tc Tr Tt, I would look which of them is ten seconds and \
             go on from there.",
        ],
        little: &[
            "Probably the customers' own connection, if our averages are fine. Ask them for a traceroute.",
            "Raise the timeouts and add a server to the pool.",
        ],
    },
    Written {
        to: "orders-db/process/restart-at-night",
        whole: &[
            "I call the DBA on call first, nothing gets restarted before that. While it rings I save \
             pg_stat_activity and pg_locks to a file (with time). Checkout slow for 10 min for everybody = I \
             declare an incident, then there is somebody to decide.\nTo the developer: a restart kicks out every \
             session and the cache is cold after, so it's slower at first, and we'd never know what it was. If \
             one query holds all the others I can end that one.",
            "Dear dev, not yet: after a restart we know nothing and it comes back, like last time. Give me five \
             minutes.\nThen: \\copy of pg_stat_activity and pg_locks, who waits for whom. Ring Lou (DBA on call), \
             second number after 5 min. If it is still slow at 02:50 or orders fail I open an incident. Restart \
             only if Lou or the commander says so.",
            "02:41 call the on-call DBA (escalation path, first line), tell them \"slow since 02:30, no change that I \
             know of\". While I wait: select from pg_stat_activity and pg_locks, paste both into the channel. No \
             restart. Reason I give: it throws away what we need to see, and all caches with it. Incident from \
             now on, SEV 2, since customers can't pay.",
            "Ring the DBA before I touch anything. Save who runs and who waits (pg_stat_activity, pg_locks). If one \
             session blocks the rest I ask the DBA whether I may pg_cancel_backend it. Developer hears: \"last time \
             it helped for an hour. I'd rather know why.\" If it is not better by 02:50 I declare.",
            "1. on-call DBA, before anything else. 2. evidence: activity and locks into a file, a screenshot of the \
             board. 3. incident open, because checkout is what it is. 4. to the developer: no restart from me alone, \
             it kicks everybody out and the cause is gone. 5. if the DBA finds a blocker, end that one session.",
            "Sorry, it's late, in short: DBA first (by phone, chat is asleep). No restart until we have the state on \
             disk, pg_stat_activity + pg_locks. I tell the dev that a restart makes it slow for another ten minutes \
             and we learn nothing. Still bad in five minutes: incident.",
            "I declare it now, ten minutes of slow checkout is enough. Then the DBA on call, nothing restarts before \
             that call. In the meantime \\copy from pg_stat_activity and pg_locks. \"Helped last time\" means that \
             we did not find it last time, I say so as politely as I can at this hour.",
        ],
        half: &[
            "First look at pg_stat_activity what is running, and copy it. A restart would lose that, I tell the \
             developer so. If I find a blocking query I cancel it.",
            "I open an incident and call the on-call DBA, and wait for them with the restart.",
            "pg_stat_activity first, there is usually one long query that blocks. Cancel it. If there is none, call \
             the database team.",
        ],
        little: &[
            "If it helped last time I would do it, checkout is what earns the money. Restart the primary, then \
             write it in the channel.",
            "Fail over to the replica, that is faster than a restart and users hardly see it. Then look at the \
             logs.",
            "Ask the developer what they deployed and have it rolled back. If it stays slow restart the pods of \
             checkout.",
        ],
    },
    Written {
        to: "orders-db/troubleshooting/two-primaries",
        whole: &[
            "Fence first: stop the old primary, or if I can't get on it pull its network, because every minute \
             there are more orders that only one side knows. Then switch the app server to replica1. Before \
             anything is rebuilt read out what was written there since 03:05. Only then pg_rewind (or a new base \
             backup) and let it come back as a standby. Tell support and the shop which orders exist only on the \
             old one.",
            "1 take the old one off the net now. 2 fix the address in the one app server. 3 dump the rows after \
             03:05 from it, pg_rewind would throw them away. 4 pg_rewind against replica1, start as replica. 5 \
             list of the orders to the order team and into the incident. Order matters because of 1: searching \
             while both take writes makes it bigger.",
        ],
        half: &[
            "Stop the old primary at once so nobody writes to it. Then rebuild it with pg_basebackup as a replica \
             of replica1.",
            "Find which rows are on the old primary only and tell the order team. Then pg_rewind.",
        ],
        little: &[
            "Start the old primary as standby (standby.signal) and let it catch up, it will stream what it \
             missed.",
            "Promote the old one again since it has the right address everywhere, and restart replica1 as a \
             replica.",
        ],
    },
    Written {
        to: "platform-k8s/process/hand-over-note",
        whole: &[
            "- worker-7 cordoned since 12:05, disk errors in dmesg. Replacement comes tomorrow ~10, infra (Femke) \
             swaps it. Please leave it cordoned, if pods on it start failing drain it, there is room for that.\n- \
             worker-3: memory alert 15:40 and 17:10, both gone after some minutes. I looked at top pods, it's the \
             report job. If it fires a third time or stays over 10 min move the job, it is safe to kill.",
            "Two things. 1) w7 is cordoned (broken disk, since noon), new one is put in tomorrow by the hardware \
             people, nothing to do unless its pods crash, then drain. 2) memory alert on w3 twice, cleared by \
             itself, checked the pods and saw nothing that grows. Next time take a heap dump of `reports` before \
             it goes, and call me if you like.",
        ],
        half: &[
            "Worker 7 is cordoned since noon because of the disk, the new one comes tomorrow. Otherwise a quiet \
             shift.",
            "Memory alert on worker-3 twice, both cleared. worker-7 is cordoned, don't uncordon it!",
        ],
        little: &[
            "All quiet, one node in maintenance, see board. Have a good night :)",
            "Node has disk errors. Somebody should look at the memory thing as well.",
        ],
    },
    Written {
        to: "platform-k8s/troubleshooting/pods-restart-after-deploy",
        whole: &[
            "kubectl describe pod: last state, exit code + reason. 137 OOMKilled → memory. Exit 1 → the program, \
             then `logs --previous` tells. No exit of its own and probe failures in the events → liveness probe \
             kills it. Two minutes sounds like a probe. I give it 10 minutes: if I have no fix by then, or errors \
             for customers go over 1 %, rollout undo, cause known or not.",
            "1. logs --previous of one new pod 2. describe: Last State / Reason / Exit Code 3. events, is it the \
             probe or did it crash by itself or run out of memory. While I look the clock runs, half of the \
             traffic hangs on the old pods, so at quarter past I do rollout undo no matter what. Copy the output \
             first.",
        ],
        half: &[
            "describe pod and logs --previous, then I know if it is OOM or the app. If I don't find it I roll \
             back.",
            "Roll back when more than 2 % of checkouts fail or after 10 minutes. I'd look at the events of the \
             pod before.",
        ],
        little: &[
            "kubectl logs on the new pods and delete the ones that hang, the deployment makes new ones.",
            "Give them more memory and CPU, it's mostly that. Rolling back loses the feature so only if the old \
             pods die too.",
        ],
    },
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use domain::question::Key;
    use rand::SeedableRng;
    use rand::rngs::StdRng;

    use super::*;
    use crate::shelf::Shelf;

    #[test]
    fn each_open_question_of_the_samples_has_words_of_its_own_and_no_line_of_its_rubric() {
        let mut rng = StdRng::seed_from_u64(3);
        let mut all = BTreeSet::new();
        let mut n_open = 0;
        for bank in Shelf::Samples.read().unwrap().banks {
            for question in bank.questions {
                let question = question.question;
                let Key::Open { rubric } = &question.key else { continue };
                n_open += 1;
                let id = question.id.to_string();
                for knows in [true, false] {
                    for voice in 0..60 {
                        let said = write(&id, knows, voice, &mut rng).expect(&id);
                        assert!(rubric.iter().all(|line| !said.contains(&line.text)), "{id}: {said}");
                        all.insert(said);
                    }
                }
            }
        }
        let n_texts: usize = ALL.iter().map(|it| it.whole.len() + it.half.len() + it.little.len()).sum();
        assert_eq!((n_open, all.len()), (ALL.len(), n_texts));
    }
}
