using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Rekey.Azure.Http;
using Rekey.Core;
using Rekey.Trust.Jose;
using Rekey.Trust.Publishing;

namespace Rekey.Azure.Trust;

/// <summary>Fetches a JWKS as a verifier does: without credentials, redirects or a cache.</summary>
/// <param name="client">A client whose handler follows no redirects.</param>
public sealed class HttpPublishedJwks(HttpClient client) : IPublishedJwks
{
    /// <summary>The time-out of a request.</summary>
    public static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5);

    private const int LongestDocument = 256 * 1024;

    public async Task<IReadOnlyList<PublishedKey>> ReadAsync(Uri address, CancellationToken cancellationToken)
    {
        if (!IsAllowed(address))
        {
            throw new CannotContinueException(
                "jwks-address-not-https",
                $"The JWKS address {address} is not https.",
                "Publish the JWKS over https; plain http is allowed for loopback only."
            );
        }

        var what = $"The JWKS at {address.GetLeftPart(UriPartial.Path)}";
        using var late = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        late.CancelAfter(Timeout);
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, address);
            request.Headers.CacheControl = new CacheControlHeaderValue { NoCache = true };
            request.Headers.Accept.ParseAdd("application/jwk-set+json, application/json");
            using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, late.Token);
            if (response.StatusCode != HttpStatusCode.OK)
            {
                throw new RetryLaterException($"{what} answers {(int)response.StatusCode}.");
            }

            await using var stream = await response.Content.ReadAsStreamAsync(late.Token);
            return Parse(await BoundedBody.ReadAsync(stream, LongestDocument, what, late.Token), what);
        }
        catch (Exception failure) when (OutsideFailures.Is(failure, cancellationToken))
        {
            throw new RetryLaterException($"{what} could not be read: {failure.Message}", delay: null, failure);
        }
    }

    private static bool IsAllowed(Uri address) =>
        address.IsAbsoluteUri
        && (
            string.Equals(address.Scheme, Uri.UriSchemeHttps, StringComparison.Ordinal)
            || (string.Equals(address.Scheme, Uri.UriSchemeHttp, StringComparison.Ordinal) && address.IsLoopback)
        );

    private static List<PublishedKey> Parse(ReadOnlyMemory<byte> body, string what)
    {
        try
        {
            return JsonSerializer.Deserialize(body.Span, JwksJson.Default.KeySet)?.Keys is { } keys
                ? [.. keys.Select(Published)]
                : throw new RetryLaterException($"{what} is not a JWKS.");
        }
        catch (JsonException broken)
        {
            throw new RetryLaterException($"{what} is not a JWKS.", delay: null, broken);
        }
        catch (CannotContinueException unreadable)
        {
            throw new RetryLaterException($"{what} is not a JWKS. {unreadable.Message}", delay: null, unreadable);
        }
    }

    // Keep only the kid of other key types: they count as published.
    private static PublishedKey Published(Jwk key) =>
        new(
            key.Kid ?? "",
            key switch
            {
                { Kty: "EC", Crv: null or "P-256" or "P-384" or "P-521" or "secp256k1" } or { Kty: "RSA" or null } => new PublicJwk(
                    key.Kty ?? "",
                    key.Crv,
                    key.X,
                    key.Y,
                    key.N,
                    key.E
                ).Thumbprint,
                _ => "",
            }
        );

    internal sealed record KeySet(Jwk[]? Keys);

    internal sealed record Jwk(string? Kid, string? Kty, string? Crv, string? X, string? Y, string? N, string? E);
}
