//! What came back: as a reader sees it, and its forms as a browser sends them.

use std::collections::BTreeMap;

use reqwest::header::{HeaderMap, LOCATION};
use scraper::{ElementRef, Html, Selector};
use serde_json::Value;

/// An answer to a request.
#[derive(Debug, Clone)]
pub struct Page {
    /// What was asked for.
    pub path: String,
    pub status: u16,
    pub headers: HeaderMap,
    pub body: String,
}

impl Page {
    pub async fn read(path: &str, response: reqwest::Response) -> reqwest::Result<Page> {
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        // A stream of events has no end to wait for.
        let is_endless = headers.get("content-type").is_some_and(|kind| kind == "text/event-stream");
        let body = if is_endless {
            String::new()
        } else {
            String::from_utf8_lossy(&response.bytes().await?).into_owned()
        };
        Ok(Page { path: path.to_owned(), status, headers, body })
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }

    pub fn json(&self) -> Value {
        assert_eq!(self.status, 200, "{}: {}", self.path, self.body);
        serde_json::from_str(&self.body).unwrap()
    }

    /// Where the page sends the browser, if it does.
    pub fn leads_to(&self) -> Option<String> {
        (300..400).contains(&self.status).then(|| self.headers[LOCATION].to_str().unwrap().to_owned())
    }

    /// Where one goes after a form was taken.
    pub fn see_other(&self) -> String {
        assert_eq!(self.status, 303, "the form of {} was not taken:\n{}", self.path, self.text());
        self.leads_to().unwrap()
    }

    /// The words of the page, without its tags.
    pub fn text(&self) -> String {
        words(Html::parse_document(&self.body).root_element())
    }

    pub fn says(&self, words: &str) -> bool {
        self.text().contains(words)
    }

    /// Fails with the whole page where it does not say so.
    #[track_caller]
    pub fn must_say(&self, words: &str) {
        assert!(self.says(words), "{} does not say {words:?}:\n{}", self.path, self.text());
    }

    pub fn has(&self, selector: &str) -> bool {
        !self.all(selector, |_| ()).is_empty()
    }

    /// The words of every element that fits.
    pub fn all_words_of(&self, selector: &str) -> Vec<String> {
        self.all(selector, words)
    }

    /// An attribute of every element that fits and has it.
    pub fn attributes(&self, selector: &str, name: &str) -> Vec<String> {
        let attribute = |element: ElementRef<'_>| element.value().attr(name).map(str::to_owned);
        self.all(selector, attribute).into_iter().flatten().collect()
    }

    /// What stands in the control of that name; the header of every page has a
    /// search of its own.
    #[track_caller]
    pub fn value(&self, name: &str) -> String {
        let control = format!("main [name='{name}']");
        let values = self.all(&control, |element| value_of(element).unwrap_or_default());
        values.into_iter().next().unwrap_or_else(|| panic!("{} has no field {name}", self.path))
    }

    /// What is said to be wrong with the field of that name.
    pub fn problem(&self, name: &str) -> Option<String> {
        self.all(&format!("[id='{name}-error']"), words).into_iter().next()
    }

    /// The addresses of this site that the page leads to.
    pub fn links(&self) -> Vec<String> {
        let links = self.attributes("a[href], area[href]", "href").into_iter();
        let assets = self.attributes("[src]", "src").into_iter();
        let forms = self.attributes("link[href]", "href").into_iter();
        links.chain(assets).chain(forms).collect()
    }

    /// What `read` makes of each element that fits.
    pub fn all<T>(&self, selector: &str, read: impl Fn(ElementRef<'_>) -> T) -> Vec<T> {
        let html = Html::parse_document(&self.body);
        html.select(&parsed(selector)).map(read).collect()
    }

    /// A form with what a browser would send of it.
    #[track_caller]
    pub fn form(&self, selector: &str) -> Form {
        let html = Html::parse_document(&self.body);
        let Some(element) = html.select(&parsed(selector)).next() else {
            panic!("{} has no form {selector}:\n{}", self.path, self.text())
        };
        Form::read(&html, element, &self.path)
    }
}

/// A form as it stands on a page: what is filled in, and what could be.
#[derive(Debug, Clone)]
pub struct Form {
    pub action: String,
    /// What a browser sends, button and all.
    pub fields: Vec<(String, String)>,
    /// The values that a radio, a check box, a list or a button can send.
    offered: BTreeMap<String, Vec<String>>,
    /// The fields that take any text.
    open: Vec<String>,
}

impl Form {
    fn read(html: &Html, form: ElementRef<'_>, path: &str) -> Form {
        let action = form.value().attr("action").unwrap_or(path).to_owned();
        let mut read = Form { action, fields: Vec::new(), offered: BTreeMap::new(), open: Vec::new() };
        let elsewhere = form.value().attr("id").map(|id| format!("[form='{id}']"));
        let every = parsed("input, select, textarea, button");
        let mut controls: Vec<_> =
            form.select(&every).filter(|one| one.value().attr("form").is_none()).collect();
        if let Some(elsewhere) = elsewhere {
            controls.extend(html.select(&parsed(&elsewhere)));
        }
        for control in controls {
            let is_off = |element: ElementRef<'_>| element.value().attr("disabled").is_some();
            let is_disabled = is_off(control) || control.ancestors().filter_map(ElementRef::wrap).any(is_off);
            if let (Some(name), false) = (control.value().attr("name"), is_disabled) {
                read.add(control, name);
            }
        }
        read
    }

    fn add(&mut self, control: ElementRef<'_>, name: &str) {
        let kind = control.value().attr("type").unwrap_or_default();
        let name = name.to_owned();
        let mut offer = |value: String| self.offered.entry(name.clone()).or_default().push(value);
        match (control.value().name(), kind) {
            ("button", _) => offer(control.value().attr("value").unwrap_or_default().to_owned()),
            ("input", "radio" | "checkbox") => {
                let value = control.value().attr("value").unwrap_or("on").to_owned();
                offer(value.clone());
                if control.value().attr("checked").is_some() {
                    self.fields.push((name, value));
                }
            }
            ("select", _) => {
                control.select(&parsed("option")).for_each(|option| offer(option_value(option)));
                self.fields.push((name, value_of(control).unwrap_or_default()));
            }
            _ => {
                self.open.push(name.clone());
                self.fields.push((name, value_of(control).unwrap_or_default()));
            }
        }
    }

    /// Types into a field, or chooses one of what it offers.
    #[track_caller]
    pub fn fill(mut self, name: &str, value: &str) -> Form {
        let is_offered =
            self.offered.get(name).is_some_and(|values| values.iter().any(|offered| offered == value));
        assert!(
            is_offered || self.open.iter().any(|open| open == name),
            "{name}={value} cannot be filled in: {self:?}"
        );
        match self.fields.iter_mut().find(|(field, _)| field == name) {
            Some((_, old)) => value.clone_into(old),
            None => self.fields.push((name.to_owned(), value.to_owned())),
        }
        self
    }

    /// Ticks a box.
    #[track_caller]
    pub fn tick(mut self, name: &str, value: &str) -> Form {
        self.assert_offered(name, value);
        if !self.fields.iter().any(|(field, ticked)| field == name && ticked == value) {
            self.fields.push((name.to_owned(), value.to_owned()));
        }
        self
    }

    /// Presses the button that sends it.
    #[track_caller]
    pub fn press(mut self, name: &str, value: &str) -> Form {
        self.assert_offered(name, value);
        self.fields.push((name.to_owned(), value.to_owned()));
        self
    }

    /// What a field of that name offers.
    pub fn offers(&self, name: &str) -> Vec<String> {
        self.offered.get(name).cloned().unwrap_or_default()
    }

    #[track_caller]
    fn assert_offered(&self, name: &str, value: &str) {
        assert!(
            self.offers(name).iter().any(|offered| offered == value),
            "no {name}={value} on this form: {self:?}"
        );
    }
}

fn parsed(selector: &str) -> Selector {
    Selector::parse(selector).unwrap_or_else(|why| panic!("{selector}: {why}"))
}

/// The words below an element that a reader gets to see.
pub fn words(element: ElementRef<'_>) -> String {
    let is_hidden = |name: &str| ["script", "style", "head"].contains(&name);
    let shown = element.descendants().filter_map(|node| {
        let text = node.value().as_text()?;
        let mut above = node.ancestors().filter_map(ElementRef::wrap);
        (!above.any(|above| is_hidden(above.value().name()))).then(|| text.to_string())
    });
    shown.collect::<Vec<_>>().join(" ").split_whitespace().collect::<Vec<_>>().join(" ")
}

fn value_of(control: ElementRef<'_>) -> Option<String> {
    match control.value().name() {
        "select" => {
            let options = parsed("option");
            let mut options = control.select(&options);
            let first = options.clone().next();
            options.find(|option| option.value().attr("selected").is_some()).or(first).map(option_value)
        }
        "textarea" => Some(control.text().collect()),
        _ => control.value().attr("value").map(str::to_owned),
    }
}

fn option_value(option: ElementRef<'_>) -> String {
    option.value().attr("value").map_or_else(|| words(option), str::to_owned)
}
