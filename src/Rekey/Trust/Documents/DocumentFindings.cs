using Rekey.Core;
using Rekey.Findings;

namespace Rekey.Trust.Documents;

/// <summary>What can be wrong with the published documents.</summary>
internal static class DocumentFindings
{
    public static Finding CannotPublish(string document, string why, DateTimeOffset now) =>
        new(
            FindingKinds.CannotPublish,
            document,
            Severity.Critical,
            $"The document {document} cannot be published: {why}",
            "See that Rekey can write to the container of published documents and reaches its document key, and whether "
                + "somebody locks blobs "
                + "there. What was revoked is refused by this app all the same; gateways that keep a list of their own do not "
                + "hear of it until then.",
            Facts.Of(("document", document), ("why", why)),
            now,
            now
        );

    public static Finding Altered(string document, string what, DateTimeOffset now) =>
        new(
            FindingKinds.DocumentAltered,
            document,
            Severity.Critical,
            $"The published document {document} was changed by somebody else: {what}. Rekey has replaced it.",
            "See who can write to the container of published documents. After a change of Rekey's own document key this is "
                + "said once and means "
                + "nothing.",
            Facts.Of(("document", document), ("what", what)),
            now,
            now
        );

    /// <summary>A signed document knows more than the ledger: lines were taken from the ledger.</summary>
    public static Finding LedgerBroken(string document, string what, DateTimeOffset now) =>
        new(
            FindingKinds.LedgerBroken,
            document,
            Severity.Critical,
            $"The ledger lacks lines: {what}.",
            "Somebody cut the ledger, or put an older one back. Nothing is published until this is settled; what is "
                + "published stays in force. "
                + "Keep the evidence account as it is and compare its segments with the last checkpoint. "
                + (
                    document == TrustDocuments.TrustListName
                        ? "Put the lines back if there is a copy. If there is none, two approvers accept the ledger as it stands: one "
                            + "reads GET /ledger and sends "
                            + "POST /ledger/accept with {\"lines\":…,\"hash\":\"…\",\"reason\":\"…\"}, the other answers the decision "
                            + "that this opens."
                        : "Put the lines back."
                ),
            Facts.Of(("document", document), ("what", what)),
            now,
            now
        );
}
