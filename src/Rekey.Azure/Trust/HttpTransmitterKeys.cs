using System.Collections.Concurrent;
using System.Net;
using System.Text.Json;
using Rekey.Azure.Http;
using Rekey.Core;
using Rekey.Departures.SecurityEvents;
using Rekey.Trust.Jose;

namespace Rekey.Azure.Trust;

/// <summary>
/// Reads a transmitter's keys over https: first its metadata (SSF 1.0), then the JWKS that it names. Keys are kept for an hour. An unknown
/// key makes it read again, at most once a minute, so that this app cannot be used to flood a transmitter.
/// </summary>
/// <param name="client">A client whose handler follows no redirects.</param>
public sealed class HttpTransmitterKeys(HttpClient client, TimeProvider timeProvider) : ITransmitterKeys
{
    private const int LongestDocument = 256 * 1024;
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Kept = TimeSpan.FromHours(1);
    private static readonly TimeSpan Pause = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<string, Known> _known = new(StringComparer.Ordinal);

    public async Task<IReadOnlyList<PublicJwk>> FindAsync(Uri issuer, string kid, CancellationToken cancellationToken)
    {
        var known = _known.GetOrAdd(issuer.AbsoluteUri, _ => new());
        await known.Gate.WaitAsync(cancellationToken);
        try
        {
            var now = timeProvider.GetUtcNow();
            var age = now - known.ReadAt;
            if (age >= Kept || (age >= Pause && !known.Keys.ContainsKey(kid)))
            {
                if (now - known.TriedAt < Pause)
                {
                    throw new RetryLaterException($"The keys of {issuer} could not be read a moment ago.", Pause);
                }

                known.TriedAt = now;
                (known.Keys, known.ReadAt) = (await ReadAsync(issuer, cancellationToken), now);
            }

            return known.Keys.GetValueOrDefault(kid) ?? [];
        }
        finally
        {
            known.Gate.Release();
        }
    }

    private async Task<Dictionary<string, IReadOnlyList<PublicJwk>>> ReadAsync(Uri issuer, CancellationToken cancellationToken)
    {
        // The well-known segment goes between the host and the issuer's path.
        var address = new Uri(issuer, $"/.well-known/ssf-configuration{issuer.AbsolutePath.TrimEnd('/')}");
        using var metadata = await GetAsync(address, cancellationToken);
        if (
            Text(metadata.RootElement, "issuer") != issuer.OriginalString
            || !Uri.TryCreate(Text(metadata.RootElement, "jwks_uri"), UriKind.Absolute, out var jwks)
            || jwks.Scheme != Uri.UriSchemeHttps
        )
        {
            throw new RetryLaterException($"The metadata at {address} is of another issuer, or names no https jwks_uri.");
        }

        using var set = await GetAsync(jwks, cancellationToken);
        return
            set.RootElement.ValueKind is JsonValueKind.Object
            && set.RootElement.TryGetProperty("keys", out var keys)
            && keys.ValueKind is JsonValueKind.Array
            ? keys.EnumerateArray()
                .Where(k => Text(k, "kid") is { Length: > 0 } && Text(k, "use") is null or "sig")
                .Select(k => (Kid: Text(k, "kid")!, Key: Read(k)))
                .Where(k => k.Key is not null)
                .GroupBy(k => k.Kid, StringComparer.Ordinal)
                .ToDictionary(g => g.Key, IReadOnlyList<PublicJwk> (g) => [.. g.Select(k => k.Key!)], StringComparer.Ordinal)
            : throw new RetryLaterException($"{jwks.GetLeftPart(UriPartial.Path)} is not a JWKS.");
    }

    private async Task<JsonDocument> GetAsync(Uri address, CancellationToken cancellationToken)
    {
        var what = $"The document at {address.GetLeftPart(UriPartial.Path)}";
        using var late = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        late.CancelAfter(Timeout);
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, address);
            request.Headers.Accept.ParseAdd("application/json");
            using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, late.Token);
            if (response.StatusCode != HttpStatusCode.OK)
            {
                throw new RetryLaterException($"{what} answers {(int)response.StatusCode}.");
            }

            await using var stream = await response.Content.ReadAsStreamAsync(late.Token);
            return JsonDocument.Parse(await BoundedBody.ReadAsync(stream, LongestDocument, what, late.Token));
        }
        catch (JsonException broken)
        {
            throw new RetryLaterException($"{what} is not JSON.", delay: null, broken);
        }
        catch (Exception failure) when (OutsideFailures.Is(failure, cancellationToken))
        {
            throw new RetryLaterException($"{what} could not be read: {failure.Message}", delay: null, failure);
        }
    }

    /// <summary>Null for a key of another type, or one that cannot be read.</summary>
    private static PublicJwk? Read(JsonElement key)
    {
        try
        {
            return new(Text(key, "kty") ?? "", Text(key, "crv"), Text(key, "x"), Text(key, "y"), Text(key, "n"), Text(key, "e"));
        }
        catch (CannotContinueException)
        {
            return null;
        }
    }

    private static string? Text(JsonElement element, string name) =>
        element.ValueKind is JsonValueKind.Object && element.TryGetProperty(name, out var value) && value.ValueKind is JsonValueKind.String
            ? value.GetString()
            : null;

    private sealed class Known
    {
        public SemaphoreSlim Gate { get; } = new(1, 1);

        public IReadOnlyDictionary<string, IReadOnlyList<PublicJwk>> Keys { get; set; } =
            new Dictionary<string, IReadOnlyList<PublicJwk>>(StringComparer.Ordinal);

        public DateTimeOffset ReadAt { get; set; } = DateTimeOffset.MinValue;

        /// <summary>When it was last read, also without success: anybody can send a token with an unknown key.</summary>
        public DateTimeOffset TriedAt { get; set; } = DateTimeOffset.MinValue;
    }
}
