using Rekey.Core;
using Rekey.Findings;

namespace Rekey.Trust.Documents;

/// <summary>Builds the findings about the published documents.</summary>
internal static class DocumentFindings
{
    public static Finding CannotPublish(string document, string why, DateTimeOffset now) =>
        new(
            FindingKinds.CannotPublish,
            document,
            Severity.Critical,
            $"Rekey cannot publish the document {document}: {why}",
            "Check that Rekey can write to the container of published documents, that it reaches its document key, and that no "
                + "lease locks the blobs. This app already refuses what was revoked. Gateways with their own list do not know of it "
                + "until the document is published.",
            Facts.Of(("document", document), ("why", why)),
            now,
            now
        );

    public static Finding Altered(string document, string what, DateTimeOffset now) =>
        new(
            FindingKinds.DocumentAltered,
            document,
            Severity.Critical,
            $"The published document {document} was not written by Rekey: {what}. Rekey has replaced it.",
            "Check who can write to the container of published documents. After a change of Rekey's document key this finding is "
                + "expected once.",
            Facts.Of(("document", document), ("what", what)),
            now,
            now
        );

    /// <summary>A signed document has what the ledger lacks: lines were removed from the ledger.</summary>
    public static Finding LedgerBroken(string document, string what, DateTimeOffset now) =>
        new(
            FindingKinds.LedgerBroken,
            document,
            Severity.Critical,
            $"The ledger lacks lines: {what}.",
            "The ledger was cut, or an older one was restored. Rekey publishes nothing until this is settled; published documents "
                + "stay in force. "
                + "Keep the evidence account as it is and compare its segments with the last checkpoint. "
                + "Restore the lines if there is a copy. If there is none, two approvers accept the ledger as it is: one "
                + "reads GET /ledger and sends POST /ledger/accept with {\"lines\":…,\"hash\":\"…\",\"reason\":\"…\"}, "
                + "the other answers the decision that this opens.",
            Facts.Of(("document", document), ("what", what)),
            now,
            now
        );
}
