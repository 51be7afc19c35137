using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Azure.Core.Pipeline;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Extensions;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;
using Rekey.Azure.Hosting;

namespace Rekey.Azure.Tests.Support;

/// <summary>
/// A scripted server on real TLS. Every host name leads to it, so that the clients speak to <c>kv.vault.azure.net</c> and
/// <c>graph.microsoft.com</c> by their real names, over a certificate that only the options' extra authority vouches for.
/// </summary>
internal sealed class StubServer : IAsyncDisposable
{
    /// <summary>The names in the certificate.</summary>
    private static readonly string[] Names =
    [
        "localhost",
        "*.vault.azure.net",
        "graph.microsoft.com",
        "management.azure.com",
        "*.westeurope-1.eventgrid.azure.net",
        "login.example",
        "hooks.example",
        "api.loganalytics.azure.com",
        "api.loganalytics.us",
        "api.loganalytics.azure.cn",
    ];

    private readonly ConcurrentDictionary<string, ConcurrentQueue<Reply>> _script = new();
    private readonly string _folder = Directory.CreateTempSubdirectory("rekey-stub").FullName;
    private readonly TimeProvider _timeProvider;
    private WebApplication? _app;
    private long _endless;
    private int _port;

    private StubServer(TimeProvider timeProvider)
    {
        _timeProvider = timeProvider;
        CaFile = Path.Combine(_folder, "ca.pem");
    }

    public string CaFile { get; }

    public Uri Address => new($"https://localhost:{_port}");

    public ConcurrentQueue<Asked> Requests { get; } = new();

    /// <summary>Answers by what is asked, instead of by the script.</summary>
    public Func<Asked, Reply>? Answers { get; set; }

    /// <summary>What a request without a token gets; null lets it through.</summary>
    public Reply? Challenge { get; set; } = ChallengeFor("https://vault.azure.net");

    /// <summary>How many bytes of endless answers were sent.</summary>
    public long Endless => Interlocked.Read(ref _endless);

    /// <summary>Requests that carried a token.</summary>
    public IReadOnlyList<Asked> Authorized => [.. Requests.Where(r => r.Token is not null)];

    public static Reply ChallengeFor(string resource) =>
        new(401, """{"error":{"code":"Unauthorized","message":"missing token"}}""")
        {
            Headers =
            {
                ["WWW-Authenticate"] =
                    "Bearer authorization=\"https://login.microsoftonline.com/6d0f0000-1111-2222-3333-444444444444\", "
                    + $"resource=\"{resource}\"",
            },
        };

    public static async Task<StubServer> StartAsync(TimeProvider? timeProvider = null)
    {
        var stub = new StubServer(timeProvider ?? TimeProvider.System);
        var (authority, leaf) = Certificates();
        await File.WriteAllTextAsync(stub.CaFile, authority.ExportCertificatePem());
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.UseHttps(leaf)));
        stub._app = builder.Build();
        stub._app.Run(stub.AnswerAsync);
        await stub._app.StartAsync();
        stub._port = new Uri(stub._app.Urls.First()).Port;
        return stub;
    }

    /// <summary>Answers of one method and path, in order; the last one stays.</summary>
    public StubServer On(string method, string path, params Reply[] replies)
    {
        _script[$"{method} {path}"] = new ConcurrentQueue<Reply>(replies);
        return this;
    }

    /// <summary>The transport that the app uses, but that every name leads here.</summary>
    public HttpClientTransport Transport(bool trusted = true) => new(Client(trusted));

    public HttpClient Client(bool trusted = true) => Client(trusted ? [.. Names] : []);

    /// <summary>A client that trusts the stub's authority for some hosts.</summary>
    public HttpClient Client(IReadOnlyList<string> trustedHosts) => new(Handler(trustedHosts));

    /// <summary>The app's handler, which trusts the stub's authority for some hosts; every name leads here.</summary>
    public SocketsHttpHandler Handler(params IReadOnlyList<string> trustedHosts)
    {
        var options = new AzureOptions { TrustedCaFile = trustedHosts.Count == 0 ? null : CaFile, TrustedCaHosts = [.. trustedHosts] };
        var handler = TrustedTransport.Handler(options);
        handler.ConnectCallback = async (_, cancellationToken) =>
        {
            var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
            try
            {
                await socket.ConnectAsync(IPAddress.Loopback, _port, cancellationToken);
                return new NetworkStream(socket, ownsSocket: true);
            }
            catch
            {
                socket.Dispose();
                throw;
            }
        };
        return handler;
    }

    public async ValueTask DisposeAsync()
    {
        if (_app is not null)
        {
            await _app.StopAsync();
            await _app.DisposeAsync();
        }

        Directory.Delete(_folder, recursive: true);
    }

    private async Task AnswerAsync(HttpContext context)
    {
        using var reader = new StreamReader(context.Request.Body);
        var body = await reader.ReadToEndAsync();
        var token = context.Request.Headers.Authorization.ToString() is { Length: > 0 } header ? header.Replace("Bearer ", "") : null;
        var asked = new Asked(
            context.Request.Method,
            context.Request.Host.Value!,
            context.Request.Path,
            context.Request.GetEncodedPathAndQuery(),
            token,
            body,
            new HeaderDictionary(context.Request.Headers.ToDictionary()),
            _timeProvider.GetUtcNow()
        );
        Requests.Enqueue(asked);
        var reply =
            token is null && Challenge is { } challenge
                ? challenge
                : Answers?.Invoke(asked) ?? Next($"{context.Request.Method} {context.Request.Path}");
        if (reply.Status <= 0)
        {
            if (reply == Reply.Endless)
            {
                var some = new byte[1024];
                while (!context.RequestAborted.IsCancellationRequested)
                {
                    await context.Response.Body.WriteAsync(some, context.RequestAborted);
                    Interlocked.Add(ref _endless, some.Length);
                }
            }

            if (reply == Reply.Silence)
            {
                await Task.WhenAny(Task.Delay(Timeout.Infinite, context.RequestAborted));
            }

            if (reply == Reply.HangUp)
            {
                context.Features.GetRequiredFeature<IConnectionSocketFeature>().Socket.Shutdown(SocketShutdown.Send);
                // Closed by the client once it has seen the end.
                await Task.WhenAny(Task.Delay(Timeout.Infinite, context.RequestAborted));
            }

            context.Abort();
            return;
        }

        context.Response.StatusCode = reply.Status;
        context.Response.ContentType = "application/json";
        foreach (var (name, value) in reply.Headers)
        {
            context.Response.Headers[name] = value;
        }

        await context.Response.WriteAsync(reply.Body);
    }

    private Reply Next(string asked)
    {
        if (!_script.TryGetValue(asked, out var replies))
        {
            return Reply.Error(404, "KeyNotFound");
        }

        lock (replies)
        {
            replies.TryPeek(out var reply);
            if (replies.Count > 1)
            {
                replies.TryDequeue(out reply);
            }

            return reply!;
        }
    }

    private static (X509Certificate2 Authority, X509Certificate2 Leaf) Certificates()
    {
        var from = DateTimeOffset.UtcNow.AddDays(-1);
        using var authorityKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var authorityRequest = new CertificateRequest("CN=Stub authority", authorityKey, HashAlgorithmName.SHA256);
        authorityRequest.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        var authority = authorityRequest.CreateSelfSigned(from, from.AddDays(10));

        using var leafKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var leafRequest = new CertificateRequest("CN=stub", leafKey, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        foreach (var name in Names)
        {
            names.AddDnsName(name);
        }

        leafRequest.CertificateExtensions.Add(names.Build());
        leafRequest.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1")], false));
        using var leaf = leafRequest.Create(authority, from, from.AddDays(5), Guid.NewGuid().ToByteArray()).CopyWithPrivateKey(leafKey);
        return (authority, X509CertificateLoader.LoadPkcs12(leaf.Export(X509ContentType.Pkcs12), null));
    }
}
