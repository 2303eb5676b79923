//! Writing a document of a service.

use backend::Error;
use backend::documents::writing::{self, Draft, may_write};
use backend::documents::{self, Document, Form as Kept};
use domain::document::Kind;
use leptos::prelude::*;

use super::service_edit::trail;
use crate::components::{Breadcrumb, ErrorSummary, Pick, RadioGroup, TextArea, TextField};
use crate::form::{Form, Posted, again};
use crate::markdown::{Images, blocks};
use crate::shell::{Loading, Page, Section, circle_page, path_param};

/// The form, and what a page would look like.
pub fn get() -> Loading {
    let (slug, kind) = (path_param("service"), path_param("kind"));
    circle_page(Section::Services, move |here| async move {
        let (db, who, circle) = (&here.site.db, &here.who, &here.member.circle);
        let kind = Kind::parse(&kind).filter(|_| may_write(here.member.role)).ok_or(Error::NotFound)?;
        let (service, held, _) =
            documents::find(db, who, circle, &slug, kind, here.asked.received_at).await?;
        let base = format!("/circles/{circle}/services/{slug}");
        let back = format!("{base}/documents/{}", kind.as_str());
        let mut trail = trail(circle, &service);
        trail.push((kind.title().to_owned(), back.clone()));
        let title = format!("{}, {}", kind.title(), service.name);
        let version = held.document.as_ref().map_or(0, |document| document.version);
        let version = again().value("version", &version.to_string());
        Ok(Page::new(
            format!("Change {title}"),
            view! {
                <ErrorSummary/>
                <Breadcrumb trail=trail/>
                <h1>{title}</h1>
                <p class="lead">{kind.asks_for()}</p>
                {preview()}
                <form method="post" class="form" novalidate>
                    <input type="hidden" name="version" value=version/>
                    {fields(kind, held.document.as_ref())}
                    <div class="cluster">
                        <button class="btn primary" name="do" value="save">"Save it"</button>
                        <button class="btn" name="do" value="preview">"See the page first"</button>
                        <a class="btn" href=back>"Leave it as it is"</a>
                    </div>
                </form>
            },
        ))
    })
}

/// Saves the next version, or shows what the page would look like.
pub async fn post(form: Form) -> Posted {
    let (who, circle, slug) = (form.who()?, form.param("circle")?, form.param("service")?);
    let kind = Kind::parse(form.param("kind")?).ok_or(Error::NotFound)?;
    let member = backend::circles::member(&form.site.db, &who, circle).await?;
    if form.get("do") == "preview" && may_write(member.role) {
        return Err(Error::Refused(Vec::new()));
    }
    let text = |name: &str| form.get(name).to_owned();
    let draft = Draft {
        form: text("form"),
        page: text("page"),
        link: text("link"),
        reason: text("reason"),
        tried_on: text("tried_on"),
    };
    let version = form.get("version").parse().unwrap_or(-1);
    let now = form.asked.received_at;
    writing::write(&form.site.db, &who, circle, slug, kind, version, &draft, now).await?;
    Ok(format!("/circles/{circle}/services/{slug}/documents/{}?done=written", kind.as_str()))
}

fn preview() -> Option<AnyView> {
    let again = again();
    let page = again.get("page").filter(|_| again.get("do") == Some("preview"))?.to_owned();
    Some(
        view! {
            <section class="panel" aria-labelledby="preview">
                <h2 id="preview">"What it would look like"</h2>
                <div class="prose" inner_html=blocks(&page, Images::None)></div>
            </section>
        }
        .into_any(),
    )
}

fn fields(kind: Kind, document: Option<&Document>) -> impl IntoView + use<> {
    let of = |form: Kept| {
        document.filter(|document| document.form == form).map(|it| it.body.clone()).unwrap_or_default()
    };
    let (page, link, reason) = (of(Kept::Page), of(Kept::Link), of(Kept::Unneeded));
    let form = document.map_or(Kept::Page, |document| document.form).as_str().to_owned();
    let forms = vec![
        Pick::new("page", "A page that stands here"),
        Pick::new("link", "A link to where it stands"),
        Pick::new("unneeded", "Not needed for this service"),
    ];
    let tried = kind.trial().map(|trial| {
        let given = document.and_then(|it| it.tried_on).map(|day| day.to_string()).unwrap_or_default();
        let hint = format!("Empty: never. It counts for {} days.", trial.days);
        view! { <TextField name="tried_on" label=trial.title kind="date" width="medium" value=given hint=hint/> }
    });
    view! {
        <RadioGroup name="form" legend="What it is" picks=forms value=form/>
        <TextArea name="page" label="The page" rows=16 value=page hint="Markdown works, tables too. No passwords or keys: say where they are kept."/>
        <TextField name="link" label="or the link" value=link hint="For example https://wiki.example.org/orders/hosts"/>
        <TextField name="reason" label="or why it is not needed" value=reason/>
        {tried}
    }
}
