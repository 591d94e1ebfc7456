//! A decision as the notification service of the approver's block posts it (spec: catalog-update 4.0.9).

use platform::{
    ApiError, Fields, Incoming, Input,
    fields::{any_text, one_of, strict_number},
};

use crate::auth_code::auth_code;

#[derive(Clone, Debug)]
pub(super) struct Decision {
    /// Under which the decision is waited for.
    pub(super) code: String,
    pub(super) approved: bool,
    pub(super) comment: Option<String>,
}

impl Input for Decision {
    fn read(incoming: &Incoming) -> Result<Self, ApiError> {
        super::check_object(incoming)?;
        let fields = incoming.fields();
        let status = fields.required("status", one_of(strict_number, |status| matches!(status, 1 | 2)));
        let comment = fields.optional("comment", any_text);
        let status = fields.build(|| status)?;
        let parameters = incoming.parameters();
        let fields = Fields::of(&parameters);
        let code = fields.required("code", auth_code);
        fields.build(|| Some(Self { code: code?, approved: status == 1, comment }))
    }
}
