using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Extensions;
using Microsoft.Extensions.Logging;
using Rekey.Cli.Tests.Support;

namespace Rekey.Cli.Tests.Operators;

/// <summary>
/// A server over real HTTPS that speaks Rekey's wire, the token endpoint of a local world, and a managed identity's endpoint. The tool
/// finds it by a state file, a profile or an address, as it finds the real one.
/// </summary>
internal sealed class StubRekey : IAsyncDisposable
{
    public const string Scope = "api://rekey/.default";

    /// <summary>What every token is: it must never be shown.</summary>
    public const string Token = "eyJ0eXAi.a-secret-token.signature";

    private static readonly string[] Roles = ["Reader", "Operator", "Approver"];

    private readonly ConcurrentDictionary<string, Reply> _replies = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, Reply> _first = new(StringComparer.Ordinal);
    private readonly TemporaryFolder _folder = new();
    private WebApplication? _app;

    /// <summary>The API's requests, in order.</summary>
    public ConcurrentQueue<Asked> Requests { get; } = new();

    /// <summary>The clients and resources for which tokens were asked.</summary>
    public ConcurrentQueue<string> SignIns { get; } = new();

    public Uri Address { get; private set; } = null!;

    public string CaFile => _folder["ca.pem"];

    /// <summary>The value of <c>Rekey-State</c>.</summary>
    public string State { get; set; } = "running";

    private Uri Identity { get; set; } = null!;

    public static async Task<StubRekey> StartAsync()
    {
        var stub = new StubRekey();
        var (authority, leaf) = Certificates();
        stub._folder.Write("ca.pem", authority.ExportCertificatePem());
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(IPAddress.Loopback, 0, listen => listen.UseHttps(leaf));
            kestrel.Listen(IPAddress.Loopback, 0);
        });
        stub._app = builder.Build();
        stub._app.Run(stub.AnswerAsync);
        await stub._app.StartAsync();
        var ports = stub._app.Urls.Select(u => new Uri(u)).ToDictionary(u => u.Scheme, u => u.Port);
        stub.Address = new($"https://localhost:{ports["https"]}/");
        stub.Identity = new($"http://127.0.0.1:{ports["http"]}/msi/token");
        stub._folder.Write("local.json", stub.LocalState());
        foreach (var (path, body) in ApiBodies.Answers)
        {
            stub.On($"GET /{path}", body);
        }

        return stub;
    }

    /// <summary>Answers a method and a path, with its query where that matters.</summary>
    public StubRekey On(string request, string body, int status = 200, params (string Name, string Value)[] headers)
    {
        _replies[request] = new(status, body, headers);
        return this;
    }

    /// <summary>Answers the first request with this, and the later ones as before.</summary>
    public StubRekey First(string request, string body, int status, params (string Name, string Value)[] headers)
    {
        _first[request] = new(status, body, headers);
        return this;
    }

    /// <summary>Answers with problem details (RFC 9457), as Rekey does.</summary>
    public StubRekey Refuse(string request, int status, string reason, string detail, string title = "The request is not acceptable") =>
        On(
            request,
            JsonSerializer.Serialize(
                new
                {
                    title,
                    status,
                    detail,
                    reason,
                    traceId = "0af7651916cd43dd8448eb211c80319c",
                }
            ),
            status
        );

    /// <summary>Runs the tool against this server as the local world, without a terminal.</summary>
    public Task<ToolRun> RunAsync(params string[] arguments) => RunAsync(input: "", arguments);

    public async Task<ToolRun> RunAsync(string input, string[] arguments)
    {
        var run = await Tool.RunAsync(Tool.Program, Environment(), input, [.. arguments, "--server", "local"]);
        Hides(run);
        return run;
    }

    /// <summary>Runs the tool without a server's name.</summary>
    public async Task<ToolRun> RunBareAsync(IReadOnlyDictionary<string, string>? more, params string[] arguments)
    {
        var environment = Environment();
        foreach (var (name, value) in more ?? new Dictionary<string, string>())
        {
            environment[name] = value;
        }

        var run = await Tool.RunAsync(Tool.Program, environment, "", arguments);
        Hides(run);
        return run;
    }

    /// <summary>Runs the tool without a server's name in a process of its own: the library for managed identities keeps tokens, and where
    /// it got them, as long as the process lives.</summary>
    public async Task<ToolRun> RunAloneAsync(params string[] arguments)
    {
        var run = await Tool.RunProcessAsync(Tool.Program, Environment(), "", arguments);
        Hides(run);
        return run;
    }

    /// <summary>The variables with which the tool finds nothing but this server.</summary>
    public Dictionary<string, string> Environment() =>
        new(StringComparer.Ordinal)
        {
            ["REKEY_LOCAL_STATE"] = _folder["local.json"],
            ["XDG_CONFIG_HOME"] = _folder["config"],
            ["REKEY_SERVER"] = "",
            ["REKEY_SCOPE"] = "",
            ["IDENTITY_ENDPOINT"] = Identity.ToString(),
            ["IDENTITY_HEADER"] = "header",
            ["AZURE_CLIENT_ID"] = "",
        };

    /// <summary>Writes a profile of this server.</summary>
    public string WriteProfile(string name, string more = "") =>
        _folder.Write($"config/rekey/{name}.json", $$"""{"server":"{{Address}}","scope":"{{Scope}}","trustedCa":"{{CaFile}}"{{more}}}""");

    /// <summary>Writes an executable file.</summary>
    public string WriteProgram(string name, string text)
    {
        var file = _folder.Write($"bin/{name}", text);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        return Path.GetDirectoryName(file)!;
    }

    public async ValueTask DisposeAsync()
    {
        if (_app is not null)
        {
            await _app.StopAsync();
            await _app.DisposeAsync();
        }

        _folder.Dispose();
    }

    private static void Hides(ToolRun run)
    {
        Assert.DoesNotContain("a-secret-token", run.Output + run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at Rekey", run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("Exception", run.Error, StringComparison.Ordinal);
    }

    private string LocalState() =>
        JsonSerializer.Serialize(
            new
            {
                server = Address,
                tokenEndpoint = new Uri(Address, "6d0f0000-1111-2222-3333-444444444444/oauth2/v2.0/token"),
                scope = Scope,
                adminEndpoint = Address,
                adminSecret = "admin",
                caCertificate = CaFile,
                clients = Roles.ToDictionary(r => r, r => new { clientId = $"client-{r}", secret = $"secret-of-{r}" }),
                processId = System.Environment.ProcessId,
            }
        );

    private async Task AnswerAsync(HttpContext context)
    {
        var path = context.Request.Path.Value!;
        if (path.EndsWith("/oauth2/v2.0/token", StringComparison.Ordinal))
        {
            var form = await context.Request.ReadFormAsync();
            SignIns.Enqueue(form["client_id"].ToString());
            await context.Response.WriteAsync($$"""{"token_type":"Bearer","expires_in":3600,"access_token":"{{Token}}"}""");
            return;
        }

        if (path == Identity.AbsolutePath)
        {
            SignIns.Enqueue(context.Request.Query["resource"].ToString());
            await context.Response.WriteAsync(
                $$"""{"token_type":"Bearer","resource":"x","access_token":"{{Token}}","expires_on":"{{LaterThanNow()}}"}"""
            );
            return;
        }

        using var reader = new StreamReader(context.Request.Body);
        var asked = new Asked(
            $"{context.Request.Method} {context.Request.GetEncodedPathAndQuery()}",
            await reader.ReadToEndAsync(),
            context.Request.Headers.Authorization.ToString()
        );
        Requests.Enqueue(asked);
        var reply = (_first.TryRemove(asked.Line, out var first) ? first : null)
            ?? _replies.GetValueOrDefault(asked.Line)
            ?? _replies.GetValueOrDefault($"{context.Request.Method} {path}")
            ?? new Reply(404, "", []);
        context.Response.StatusCode = reply.Status;
        context.Response.ContentType = reply.Body.StartsWith('{') || reply.Body.StartsWith('[') ? "application/json" : "text/html";
        context.Response.Headers["Rekey-State"] = State;
        foreach (var (name, value) in reply.Headers)
        {
            context.Response.Headers[name] = value;
        }

        await context.Response.WriteAsync(reply.Body, Encoding.UTF8);
    }

    private static long LaterThanNow() => DateTimeOffset.UtcNow.AddHours(1).ToUnixTimeSeconds();

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
        names.AddDnsName("localhost");
        leafRequest.CertificateExtensions.Add(names.Build());
        leafRequest.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1")], false));
        using var leaf = leafRequest.Create(authority, from, from.AddDays(5), Guid.NewGuid().ToByteArray()).CopyWithPrivateKey(leafKey);
        return (authority, X509CertificateLoader.LoadPkcs12(leaf.Export(X509ContentType.Pkcs12), null));
    }

    /// <summary>A request that the API got.</summary>
    /// <param name="Line">Method, path and query.</param>
    internal sealed record Asked(string Line, string Body, string Authorization);

    private sealed record Reply(int Status, string Body, (string Name, string Value)[] Headers);
}
