using System.Buffers.Text;
using System.Text.Json;
using Azure.Core;
using Azure.Identity;
using Rekey.Azure.Http;
using Rekey.Checks;
using Rekey.Core;

namespace Rekey.Azure.Entra;

/// <summary>Reads the claims <c>oid</c> and <c>roles</c> of the app's own token for Graph. Entra gave the token to the app, so that its
/// signature need not be verified to show what it says.</summary>
internal sealed class OwnGraphToken(TokenCredential credential, string scope, HttpClient client, Uri authority) : IOwnIdentity
{
    private const string What = "Microsoft Graph";

    public async Task<OwnIdentity> ReadAsync(CancellationToken cancellationToken)
    {
        try
        {
            var token = await credential.GetTokenAsync(new TokenRequestContext([scope]), cancellationToken);
            using var claims = JsonDocument.Parse(Base64Url.DecodeFromChars(token.Token.Split('.')[1]));
            var roles =
                claims.RootElement.TryGetProperty("roles", out var listed) && listed.ValueKind is JsonValueKind.Array
                    ? listed.EnumerateArray().Select(r => r.ToString()).ToList()
                    : [];
            return new(claims.RootElement.GetProperty("oid").ToString(), roles);
        }
        catch (AuthenticationFailedException failure)
        {
            throw OutsideFailures.OfCredential(failure, What);
        }
        catch (Exception unreadable)
            when (unreadable is JsonException or FormatException or KeyNotFoundException or IndexOutOfRangeException)
        {
            throw new RetryLaterException($"The token for {What} cannot be read.", delay: null, unreadable);
        }
    }

    public async Task<DateTimeOffset> ReadTimeAsync(CancellationToken cancellationToken)
    {
        try
        {
            using var reply = await client.GetAsync(authority, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            return reply.Headers.Date ?? throw new RetryLaterException($"{authority.Host} answered without a Date header.");
        }
        catch (Exception failure) when (OutsideFailures.Is(failure, cancellationToken))
        {
            throw new RetryLaterException($"{authority.Host} did not answer: {failure.Message}", delay: null, failure);
        }
    }
}
