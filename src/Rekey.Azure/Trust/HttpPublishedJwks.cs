using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Serialization;
using Rekey.Rotations;
using Rekey.Trust;

namespace Rekey.Azure.Trust;

/// <summary>Fetches a JWKS as a verifier would: no credentials, no redirects, no cache of ours.</summary>
/// <param name="client">On a handler that follows no redirects.</param>
public sealed class HttpPublishedJwks(HttpClient client) : IPublishedJwks
{
    /// <summary>How long the address may take.</summary>
    public static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5);

    private const int LongestDocument = 256 * 1024;

    public async Task<IReadOnlyList<PublishedKey>> ReadAsync(Uri address, CancellationToken cancel)
    {
        if (!IsAllowed(address))
        {
            throw new CannotContinueException("jwks-address-not-https", $"The JWKS address {address} is not https.",
                "Publish the JWKS over https; plain http is for loopback only.");
        }

        var what = $"The JWKS at {address.GetLeftPart(UriPartial.Path)}";
        using var late = CancellationTokenSource.CreateLinkedTokenSource(cancel);
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
            return Parse(await BoundedBody.ReadAsync(stream, LongestDocument, what, late.Token)) ?? throw new RetryLaterException($"{what} is no JWKS.");
        }
        catch (Exception failure) when (OutsideFailures.Is(failure, cancel))
        {
            throw new RetryLaterException($"{what} could not be read: {failure.Message}", delay: null, failure);
        }
    }

    private static bool IsAllowed(Uri address) => address.IsAbsoluteUri
        && (string.Equals(address.Scheme, Uri.UriSchemeHttps, StringComparison.Ordinal)
            || (string.Equals(address.Scheme, Uri.UriSchemeHttp, StringComparison.Ordinal) && address.IsLoopback));

    private static List<PublishedKey>? Parse(ReadOnlyMemory<byte> body)
    {
        try
        {
            return JsonSerializer.Deserialize(body.Span, JwksJson.Default.KeySet)?.Keys is { } keys ? [.. keys.Select(Published)] : null;
        }
        catch (Exception broken) when (broken is JsonException or ArgumentException)
        {
            return null;
        }
    }

    // A key of another kind is told by its kid alone: it is published, whatever it is.
    private static PublishedKey Published(Jwk key) => new(key.Kid ?? "",
        key switch
        {
            { Kty: "EC", Crv: not null, X: not null, Y: not null } => JwkThumbprint.Of(new PublicJwk("EC", key.Crv, key.X, key.Y, Modulus: null, Exponent: null)),
            { Kty: "RSA", N: not null, E: not null } => JwkThumbprint.Of(new PublicJwk("RSA", Curve: null, X: null, Y: null, key.N, key.E)),
            { Kty: "EC" or "RSA" or null } => throw new ArgumentException("A key lacks members that its type requires.", nameof(key)),
            _ => "",
        });

    internal sealed record KeySet(Jwk[]? Keys);

    internal sealed record Jwk(string? Kid, string? Kty, string? Crv, string? X, string? Y, string? N, string? E);
}

/// <summary>The JSON context of published key sets.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(HttpPublishedJwks.KeySet))]
internal sealed partial class JwksJson : JsonSerializerContext;
