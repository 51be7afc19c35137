using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Rekey.EndToEnd.Tests.Support;

/// <summary>A receiver of webhooks on this machine, at an address that is known before it listens.</summary>
internal sealed class HookReceiver : IAsyncDisposable
{
    private WebApplication? _app;

    public HookReceiver()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        Port = ((IPEndPoint)probe.LocalEndpoint).Port;
    }

    public int Port { get; }

    /// <summary>What came, with its path and its id.</summary>
    public ConcurrentQueue<(string Path, string Id, string Body)> Came { get; } = new();

    /// <summary>Begins to listen with a certificate that the app trusts.</summary>
    public async Task StartAsync(X509Certificate2 certificate)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder
            .WebHost.UseSetting(WebHostDefaults.ServerUrlsKey, "")
            .ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, Port, listen => listen.UseHttps(certificate)));
        _app = builder.Build();
        _app.Run(TakeAsync);
        await _app.StartAsync(TestContext.Current.CancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        if (_app is not null)
        {
            await _app.StopAsync();
            await _app.DisposeAsync();
        }
    }

    private async Task TakeAsync(HttpContext context)
    {
        using var reader = new StreamReader(context.Request.Body);
        Came.Enqueue((context.Request.Path, context.Request.Headers["webhook-id"].ToString(), await reader.ReadToEndAsync()));
        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }
}
