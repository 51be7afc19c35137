using System.Buffers;
using Azure.Core;
using Azure.Core.Pipeline;
using Rekey.Azure.Http;
using Rekey.Core;
using Rekey.Trust;
using Rekey.Trust.Vaults;

namespace Rekey.Azure.KeyVault.Pipeline;

/// <summary>Sends requests to vaults with a token and through the rate gates. It never retries a request that could create something
/// twice.</summary>
internal sealed class VaultPipeline(TokenCredential credential, RateGates gates, KeyVaultClientOptions options, TimeProvider timeProvider)
{
    // A bundle has about 1 KB, a page of 25 items 5 KB; even with 15 tags of 512 characters each, it is smaller than this.
    private const int LongestReply = 1024 * 1024;

    // Names go into a path, so allow only the characters of Key Vault.
    private static readonly SearchValues<char> NameCharacters = SearchValues.Create(
        "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-"
    );

    private readonly HttpPipeline _pipeline = HttpPipelineBuilder.Build(
        options,
        [],
        [new VaultChallengePolicy(credential, options.DisableChallengeResourceVerification, timeProvider)],
        TransientClassifier.Repeatable
    );

    /// <summary>Returns an address in the key's vault.</summary>
    public static Uri AddressOf(SigningKey key, string collection, string suffix)
    {
        if (key.Name.Length is 0 or > 127 || key.Name.AsSpan().ContainsAnyExcept(NameCharacters))
        {
            throw new CannotContinueException(
                VaultReasons.BadRequest,
                $"'{key.Name}' is not a key name.",
                "Use 1 to 127 letters, digits and hyphens."
            );
        }

        return AddressOf(key.VaultUri, $"/{collection}/{key.Name}{suffix}");
    }

    /// <summary>Returns the address of the list of keys of a vault.</summary>
    public static Uri AddressOfKeys(Uri vault) => AddressOf(vault, "/keys");

    private static Uri AddressOf(Uri vault, string path)
    {
        var address = new RequestUriBuilder();
        address.Reset(new Uri(vault.GetLeftPart(UriPartial.Authority)));
        address.AppendPath(path, escape: false);
        address.AppendQuery("api-version", KeyVaultKeysClient.ApiVersion, escapeValue: false);
        return address.ToUri();
    }

    /// <summary>Returns a version as part of a path.</summary>
    public static string Segment(string version) =>
        version.Length is > 0 and <= 127 && !version.AsSpan().ContainsAnyExcept(NameCharacters)
            ? "/" + version
            : throw new CannotContinueException(
                VaultReasons.BadRequest,
                $"'{version}' is not a key version.",
                "A version is 32 hexadecimal digits."
            );

    public Task<VaultReply> GetAsync(Uri address, string what, CancellationToken cancellationToken) =>
        SendAsync(RequestMethod.Get, address, body: null, what, cancellationToken);

    public Task<VaultReply> PatchAsync(Uri address, byte[] body, string what, CancellationToken cancellationToken) =>
        SendAsync(RequestMethod.Patch, address, body, what, cancellationToken);

    /// <summary>Sends a POST without side effects, such as sign.</summary>
    public Task<VaultReply> ComputeAsync(Uri address, byte[] body, string what, CancellationToken cancellationToken) =>
        SendAsync(RequestMethod.Post, address, body, what, cancellationToken);

    /// <summary>Sends a POST that creates a version. It retries only after 401 and 429, when the vault has certainly not run it.</summary>
    /// <remarks>
    /// The empty body is intentional. .NET's HTTP handler retries a request by itself if a reused connection breaks before the reply,
    /// unless it has begun to send content.
    /// </remarks>
    public Task<VaultReply> CreateAsync(Uri address, string what, CancellationToken cancellationToken) =>
        SendAsync(RequestMethod.Post, address, [], what, cancellationToken, creates: true);

    private async Task<VaultReply> SendAsync(
        RequestMethod method,
        Uri address,
        byte[]? body,
        string what,
        CancellationToken cancellationToken,
        bool creates = false
    )
    {
        var limits = creates ? RateLimits.NewVersions(address.Authority) : RateLimits.VaultRequests(address.Authority);
        var classifier = creates ? TransientClassifier.SentOnce : TransientClassifier.Repeatable;
        try
        {
            return await gates
                .Of(limits)
                .RunAsync(
                    () => SendOnceAsync(method, address, body, classifier, what, cancellationToken),
                    static reply => (reply.Status == 429, reply.RetryAfter),
                    waits: true,
                    cancellationToken
                );
        }
        catch (Exception failure) when (OutsideFailures.Is(failure, cancellationToken))
        {
            throw VaultErrors.Unreachable(failure, what);
        }
    }

    private async Task<VaultReply> SendOnceAsync(
        RequestMethod method,
        Uri address,
        byte[]? body,
        ResponseClassifier classifier,
        string what,
        CancellationToken cancellationToken
    )
    {
        using var message = _pipeline.CreateMessage();
        message.ResponseClassifier = classifier;
        message.BufferResponse = false;
        message.Request.Method = method;
        message.Request.Uri.Reset(address);
        message.Request.ClientRequestId = Guid.NewGuid().ToString();
        message.Request.Headers.Add("Accept", "application/json");
        if (body is not null)
        {
            message.Request.Content = RequestContent.Create(body);
            message.Request.Headers.Add("Content-Type", "application/json");
        }

        await _pipeline.SendAsync(message, cancellationToken);
        var content = await BoundedBody.ReadAsync(message.Response, LongestReply, what, cancellationToken);
        return new VaultReply(
            message.Response.Status,
            content,
            RetryAfter.Of(message.Response, timeProvider),
            message.Request.ClientRequestId
        );
    }
}
