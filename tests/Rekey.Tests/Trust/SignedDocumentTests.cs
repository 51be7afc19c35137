using System.Text;
using Rekey.Core;
using Rekey.Ledgers;
using Rekey.Tests.Doubles.Storage;
using Rekey.Trust.Documents;
using Rekey.Trust.Jose;
using Rekey.Trust.Lists;

namespace Rekey.Tests.Trust;

public sealed class SignedDocumentTests
{
    [Fact]
    public void A_trust_list_of_a_later_release_is_refused()
    {
        var list = new TrustList("prod", 1, DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch, LedgerMark.Empty, [], []);
        Assert.Equal(1, TrustDocuments.Read(TrustDocuments.Payload(list)).SchemaVersion);
        Assert.Throws<System.Text.Json.JsonException>(() => TrustDocuments.Read(TrustDocuments.Payload(list with { SchemaVersion = 2 })));
    }

    [Fact]
    public async Task It_opens_with_the_pinned_key_and_type_only()
    {
        var signer = new DocumentSigner();
        var signed = await SignedDocument.SignAsync(signer, "a+jwt", "payload"u8.ToArray(), default);

        Assert.Equal("payload", Encoding.ASCII.GetString(SignedDocument.Open(signed, "a+jwt", signer.Public, "ES256")));
        Refused(signed, "b+jwt", signer.Public, "ES256");
        Refused(signed, "a+jwt", new DocumentSigner().Public, "ES256");
        Refused(signed, "a+jwt", signer.Public, "ES384");
        Refused([], "a+jwt", signer.Public, "ES256");
    }

    [Fact]
    public async Task With_any_byte_changed_it_is_refused()
    {
        var signer = new DocumentSigner();
        var signed = await SignedDocument.SignAsync(signer, "a+jwt", "payload"u8.ToArray(), default);
        for (var at = 0; at < signed.Length; at++)
        {
            foreach (var mask in new byte[] { 1, 2, 0x20, 0x80 })
            {
                var altered = signed.ToArray();
                altered[at] ^= mask;
                Refused(altered, "a+jwt", signer.Public, "ES256");
            }
        }
    }

    private static void Refused(byte[] document, string type, PublicJwk pinned, string algorithm) =>
        Assert.Equal(
            "document-refused",
            Assert.Throws<CannotContinueException>(() => SignedDocument.Open(document, type, pinned, algorithm)).Reason
        );
}
