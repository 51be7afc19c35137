using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;
using Rekey.Trust.Documents;
using Rekey.Trust.Jose;
using Rekey.Trust.Lists;

namespace Rekey.AspNetCore.Issuer.Tests.Support;

/// <summary>Serves the signed trust list as the function app does, and takes rows as Azure Monitor does.</summary>
internal sealed class RekeyServer : IDocumentSigner, IAsyncDisposable
{
    public const string RuleId = "dcr-1";
    public const string Stream = "Custom-TokenIssuance_CL";

    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly WebApplication _app;
    private readonly SemaphoreSlim _taken = new(0);
    private byte[]? _list;

    private RekeyServer(WebApplication app) => _app = app;

    public Uri Address => new(_app.Urls.Single());

    public PublicJwk Public
    {
        get
        {
            var q = _key.ExportParameters(includePrivateParameters: false).Q;
            return new("EC", "P-256", Base64Url.EncodeToString(q.X), Base64Url.EncodeToString(q.Y), modulus: null, exponent: null);
        }
    }

    /// <summary>Whether requests are answered with 503.</summary>
    public bool IsDown { get; set; }

    /// <summary>Whether rows are answered with 503.</summary>
    public bool TakesNoRows { get; set; }

    /// <summary>The rows for which a call is answered with 400; null for none.</summary>
    public Func<JsonElement, bool>? Refuses { get; set; }

    /// <summary>Rows that arrived.</summary>
    public ConcurrentQueue<JsonElement> Taken { get; } = [];

    public static async Task<RekeyServer> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var server = new RekeyServer(builder.Build());
        server._app.MapGet("/trust-list", server.Answer);
        server._app.MapPost($"/dataCollectionRules/{RuleId}/streams/{Stream}", server.TakeAsync);
        await server._app.StartAsync();
        return server;
    }

    public async Task PublishAsync(TrustList list) =>
        _list = await SignedDocument.SignAsync(this, TrustDocuments.TrustListType, TrustDocuments.Payload(list), default);

    /// <summary>Waits until so many different tokens have arrived.</summary>
    public async Task<IReadOnlySet<string>> ArrivedAsync(Func<IReadOnlySet<string>, bool> isEnough)
    {
        while (true)
        {
            var hashes = Taken.Select(r => r.GetProperty("SigningInputSha256").GetString()!).ToHashSet(StringComparer.Ordinal);
            if (isEnough(hashes))
            {
                return hashes;
            }

            Assert.True(await _taken.WaitAsync(TimeSpan.FromSeconds(60)), $"Only {hashes.Count} rows came.");
        }
    }

    public Task<(PublicJwk Key, string Algorithm)> DescribeAsync(CancellationToken cancellationToken) => Task.FromResult((Public, "ES256"));

    public Task<byte[]> SignAsync(ReadOnlyMemory<byte> signingInput, CancellationToken cancellationToken) =>
        Task.FromResult(_key.SignData(signingInput.Span, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation));

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _key.Dispose();
        _taken.Dispose();
    }

    private IResult Answer() => IsDown || _list is null ? Results.StatusCode(503) : Results.Bytes(_list, "application/jwt");

    private async Task<IResult> TakeAsync(HttpRequest request)
    {
        if (TakesNoRows)
        {
            return Results.StatusCode(503);
        }

        var rows = (await JsonSerializer.DeserializeAsync<JsonElement>(request.Body)).EnumerateArray().ToList();
        if (Refuses is { } refuses && rows.Any(refuses))
        {
            return Results.StatusCode(400);
        }

        foreach (var row in rows)
        {
            Taken.Enqueue(row);
        }

        _taken.Release();
        return Results.NoContent();
    }
}
