//! The client that progenitor generates, against a server. The compiler is a part of the test: the match
//! in `own` would not compile with a sixth type, nor with a property that a type does not have.

use std::{collections::BTreeMap, env, fmt::Debug};

use afterhours_client::{Client, Error, ResponseValue, types::*};
use reqwest::{Url, header};

fn connect(token: &str) -> Client {
    let bearer = format!("Bearer {token}").parse().unwrap();
    let http = reqwest::Client::builder().default_headers([(header::AUTHORIZATION, bearer)].into_iter().collect());
    Client::new_with_client(&(env::var("AFTERHOURS_URL").unwrap() + "/beta"), http.build().unwrap())
}

fn user() -> Client {
    connect(&env::var("AFTERHOURS_TOKEN").unwrap())
}

/// A property with a value. Absent is `None`, and null is `Some(Duration(None))`.
fn duration(text: &str) -> Option<Duration> {
    Some(Duration(Some(text.parse().unwrap())))
}

fn date(text: &str) -> Option<Date> {
    Some(Date(Some(text.parse().unwrap())))
}

fn time_zone(text: &str) -> Option<TimeZone> {
    Some(TimeZone(Some(text.parse().unwrap())))
}

/// What an answer has for a duration; `None` is null.
fn text(duration: &Option<Duration>) -> Option<&str> {
    duration.as_ref()?.as_ref().map(|text| text.as_str())
}

fn is_call(statistic: ActivityStatistics) -> CallActivityStatistics {
    match statistic {
        ActivityStatistics::CallActivityStatistics(call) => call,
        other => panic!("{other:?} is not a call"),
    }
}

async fn create(client: &Client, id: &str) -> CallActivityStatistics {
    let call = CallActivityStatisticsCreate {
        odata_type: CallActivityStatisticsCreateOdataType::MicrosoftGraphCallActivityStatistics,
        id: Some(id.parse().unwrap()),
        activity: Some(AnalyticsActivityType::Call),
        start_date: date("2019-06-16"),
        end_date: date("2019-06-17"),
        time_zone_used: time_zone("Pacific Standard Time"),
        duration: duration("PT1H30M"),
        after_hours: duration("PT30S"),
    };
    let answer = client.create_my_statistic().body(call).send().await.unwrap();
    assert_eq!(answer.status(), 201);
    is_call(answer.into_inner())
}

async fn read(client: &Client, id: &str) -> CallActivityStatistics {
    is_call(client.get_my_statistic().activity_statistics_id(id).send().await.unwrap().into_inner())
}

/// The error of a request that must be refused.
fn refusal<T: Debug>(status: u16, answer: Result<ResponseValue<T>, Error<afterhours_client::types::Error>>) -> ErrorBody {
    match answer {
        Err(Error::ErrorResponse(error)) if error.status() == status => error.into_inner().error,
        other => panic!("{other:?}, want {status}"),
    }
}

/// What a statistic has beyond the common properties, by its type.
fn own(statistic: &ActivityStatistics) -> Vec<&Option<Duration>> {
    match statistic {
        ActivityStatistics::CallActivityStatistics(s) => vec![&s.after_hours],
        ActivityStatistics::ChatActivityStatistics(s) => vec![&s.after_hours],
        ActivityStatistics::EmailActivityStatistics(s) => vec![&s.after_hours, &s.read_email, &s.sent_email],
        ActivityStatistics::FocusActivityStatistics(_) => vec![],
        ActivityStatistics::MeetingActivityStatistics(s) => {
            vec![&s.after_hours, &s.conflicting, &s.long, &s.multitasking, &s.organized, &s.recurring]
        }
    }
}

#[tokio::test]
async fn created_and_read() {
    let client = user();
    let created = create(&client, "rs-read").await;
    let call = read(&client, "rs-read").await;
    assert_eq!(call.odata_etag, created.odata_etag);
    assert_eq!(call.activity, Some(AnalyticsActivityType::Call));
    assert_eq!(text(&call.duration), Some("PT1H30M"));
    assert_eq!(text(&call.after_hours), Some("PT30S"));
}

#[tokio::test]
async fn the_documented_patch() {
    let client = user();
    create(&client, "rs-patch").await;
    let change = ActivityStatisticsUpdate {
        odata_type: Some(TypeName::MicrosoftGraphCallActivityStatistics),
        activity: Some(AnalyticsActivityType::Call),
        start_date: date("2019-06-18"),
        end_date: date("2019-06-19"),
        time_zone_used: time_zone("Time Zone Used value"),
        duration: duration("-PT1M55.0810357S"),
        after_hours: duration("-PT1M34.3242013S"),
        ..Default::default()
    };
    let updated = client.update_my_statistic().activity_statistics_id("rs-patch").body(change).send().await.unwrap();
    let call = read(&client, "rs-patch").await;
    assert_eq!(call.odata_etag, is_call(updated.into_inner()).odata_etag);
    assert_eq!(call.start_date.unwrap().unwrap().to_string(), "2019-06-18");
    assert_eq!(call.time_zone_used.unwrap().as_ref().unwrap().as_str(), "Time Zone Used value");
    assert_eq!(text(&call.duration), Some("-PT1M55.0810357S"));
    assert_eq!(text(&call.after_hours), Some("-PT1M34.3242013S"));
}

#[tokio::test]
async fn patch_tells_absent_from_null() {
    let client = user();
    create(&client, "rs-merge").await;
    let change = ActivityStatisticsUpdate { after_hours: Some(Duration(None)), time_zone_used: time_zone("UTC"), ..Default::default() };
    client.update_my_statistic().activity_statistics_id("rs-merge").body(change).send().await.unwrap();
    let call = read(&client, "rs-merge").await;
    assert_eq!(text(&call.after_hours), None);
    assert_eq!(call.time_zone_used.unwrap().as_ref().unwrap().as_str(), "UTC");
    assert_eq!(text(&call.duration), Some("PT1H30M"));
}

#[tokio::test]
async fn pages() {
    let client = user();
    let mut sizes = vec![];
    let mut ids = std::collections::BTreeSet::new();
    let mut request = client.list_my_statistics();
    loop {
        let page = request
            .filter("activity eq 'Focus' or activity eq 'Email'")
            .top(4)
            .send()
            .await
            .unwrap()
            .into_inner();
        sizes.push(page.value.len());
        ids.extend(page.value.iter().map(|statistic| match statistic {
            ActivityStatistics::FocusActivityStatistics(s) => s.id.to_string(),
            ActivityStatistics::EmailActivityStatistics(s) => s.id.to_string(),
            other => panic!("{other:?} does not match the filter"),
        }));
        let Some(link) = page.odata_next_link else { break };
        let link = Url::parse(&link).unwrap();
        let token = link.query_pairs().find(|(name, _)| name == "$skiptoken").unwrap().1.into_owned();
        request = client.list_my_statistics().skiptoken(token);
    }
    assert_eq!(sizes, [4, 4, 4, 2]);
    assert_eq!(ids.len(), 14); // two a day
}

#[tokio::test]
async fn the_five_types() {
    let page = user().list_my_statistics().filter("startDate gt 2020-01-01").count(true).send().await.unwrap().into_inner();
    assert_eq!(page.odata_count, Some(35));
    let mut counts = BTreeMap::new();
    for statistic in &page.value {
        let durations = own(statistic).into_iter().filter(|d| text(d).is_some()).count();
        *counts.entry(durations).or_insert(0) += 1;
    }
    // focus has none, call and chat one, email three, meeting six; each on seven days
    assert_eq!(counts, BTreeMap::from([(0, 7), (1, 14), (3, 7), (6, 7)]));
}

#[tokio::test]
async fn entity_tags() {
    let client = user();
    let stale = create(&client, "rs-etag").await.odata_etag;
    let change = async |zone: &str, tag: &EntityTag| {
        let change = ActivityStatisticsUpdate { time_zone_used: time_zone(zone), ..Default::default() };
        client.update_my_statistic().activity_statistics_id("rs-etag").if_match(tag.as_str()).body(change).send().await
    };
    let fresh = is_call(change("first", &stale).await.unwrap().into_inner()).odata_etag;
    assert_ne!(fresh, stale);
    assert_eq!(refusal(412, change("second", &stale).await).code, ErrorCode::ResourceModified);
    assert_eq!(read(&client, "rs-etag").await.odata_etag, fresh);
    change("third", &fresh).await.unwrap();
    assert_ne!(read(&client, "rs-etag").await.odata_etag, fresh);
}

#[tokio::test]
async fn errors() {
    let client = user();
    create(&client, "rs-errors").await;
    let change = ActivityStatisticsUpdate { read_email: duration("PT1H"), long: duration("PT1H"), ..Default::default() };
    let faulty = client.update_my_statistic().activity_statistics_id("rs-errors").body(change).send().await;
    let details = refusal(400, faulty).details;
    let details: BTreeMap<_, _> = details.iter().map(|d| (d.target.as_deref().unwrap(), d.code)).collect();
    assert_eq!(details, BTreeMap::from([("long", ErrorDetailCode::UnknownProperty), ("readEmail", ErrorDetailCode::UnknownProperty)]));

    let missing = refusal(404, client.get_my_statistic().activity_statistics_id("missing").send().await);
    assert_eq!(missing.code, ErrorCode::ResourceNotFound);

    let stranger = refusal(401, connect("none").list_my_statistics().send().await);
    assert_eq!(stranger.code, ErrorCode::InvalidAuthenticationToken);
    assert!(!stranger.inner_error.request_id.is_empty());

    // What the contract forbids need not even be sent.
    assert!("an hour".parse::<DurationInner>().is_err());
}
