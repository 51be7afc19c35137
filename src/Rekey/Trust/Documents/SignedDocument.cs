using System.Buffers.Text;
using System.Text;
using System.Text.Json;
using Rekey.Core;
using Rekey.Trust.Jose;

namespace Rekey.Trust.Documents;

/// <summary>A document as a JWS in compact form (RFC 7515 §3.1), signed with Rekey's document key.</summary>
public static class SignedDocument
{
    /// <summary>Signs a payload. The header names the algorithm, the key's thumbprint as <c>kid</c>, and the type.</summary>
    public static async Task<byte[]> SignAsync(IDocumentSigner signer, string type, byte[] payload, CancellationToken cancellationToken)
    {
        var (key, algorithm) = await signer.DescribeAsync(cancellationToken);
        var header = Encoding.UTF8.GetBytes($$"""{"alg":"{{algorithm}}","kid":"{{key.Thumbprint}}","typ":"{{type}}"}""");
        var input = Encoding.ASCII.GetBytes($"{Base64Url.EncodeToString(header)}.{Base64Url.EncodeToString(payload)}");
        var signature = await signer.SignAsync(input, cancellationToken);
        return [.. input, (byte)'.', .. Encoding.ASCII.GetBytes(Base64Url.EncodeToString(signature))];
    }

    /// <summary>Checks type, key and signature and returns the payload.</summary>
    /// <param name="pinned">The key that alone may have signed; the header's <c>alg</c> and <c>kid</c> choose nothing.</param>
    /// <exception cref="CannotContinueException">It was not signed with that key, or is of another type.</exception>
    public static byte[] Open(ReadOnlySpan<byte> document, string type, PublicJwk pinned, string algorithm)
    {
        var text = Encoding.ASCII.GetString(document);
        if (!CompactJws.TrySplit(text, out var jws))
        {
            throw Refused("it is not a compact JWS");
        }

        try
        {
            using var header = JsonDocument.Parse(
                StrictBase64Url.Decode(jws.Header),
                new JsonDocumentOptions { AllowDuplicateProperties = false }
            );
            if (!header.RootElement.TryGetProperty("typ", out var typ) || !string.Equals(typ.GetString(), type, StringComparison.Ordinal))
            {
                throw Refused($"its type is not {type}");
            }

            if (!JwsSignature.Verify(pinned, algorithm, jws.SigningInputBytes(), StrictBase64Url.Decode(jws.Signature)))
            {
                throw Refused("the pinned key did not sign it");
            }

            return StrictBase64Url.Decode(jws.Payload);
        }
        catch (Exception e) when (e is FormatException or JsonException or InvalidOperationException)
        {
            throw Refused("it cannot be read");
        }
    }

    internal static CannotContinueException Refused(string why) =>
        new(
            "document-refused",
            $"Rekey refuses the signed document: {why}.",
            "Check who can write to the container of published documents, then publish again."
        );
}
