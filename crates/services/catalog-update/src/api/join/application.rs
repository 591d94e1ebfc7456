//! An application to join or leave a region, as it is sent (spec: catalog-update 4.2.2).

use std::collections::HashSet;

use platform::{
    ApiError, Incoming, Input,
    fields::{Complaint, array, boolean, nested, number, strict_number},
};
use serde_json::Value;
use vocabulary::CodeVersion;

#[derive(Debug)]
pub(in crate::api) struct Application {
    pub(super) draft: Option<i64>,
    pub(super) region: CodeVersion,
    pub(super) actor: CodeVersion,
    pub(super) services: Vec<CodeVersion>,
    pub(super) is_draft: bool,
}

impl Input for Application {
    fn read(incoming: &Incoming) -> Result<Self, ApiError> {
        crate::api::check_object(incoming)?;
        let fields = incoming.fields();
        let draft = fields.optional("id", number);
        let region = fields.required("region", plain_code);
        let actor = fields.required("actor", |value| {
            nested(value, |fields| {
                let actor = plain_code(value);
                let services = fields.required("app", array(plain_code));
                if services.as_ref().is_some_and(Vec::is_empty) {
                    fields.refuse("app", "空にはできません");
                }
                if fields.raw("wf").is_some() {
                    fields.refuse("wf", "ワークフローには対応していません");
                }
                let services = fields.inside(|| services)?;
                Ok((actor?, services))
            })
        });
        let is_draft = fields.required("isDraft", boolean);
        fields.build(|| {
            let (actor, mut services) = actor?;
            let mut seen = HashSet::new();
            services.retain(|service| seen.insert(*service));
            let draft = draft.filter(|id| *id != 0);
            Some(Self { draft, region: region?, actor, services, is_draft: is_draft? })
        })
    }
}

/// `{"code", "version"}`: here codes are written in words.
fn plain_code(value: &Value) -> Result<CodeVersion, Complaint> {
    nested(value, |fields| {
        let code = fields.required("code", strict_number);
        let version = fields.required("version", strict_number);
        fields.inside(|| Some(CodeVersion::new(code?, version?)))
    })
}
