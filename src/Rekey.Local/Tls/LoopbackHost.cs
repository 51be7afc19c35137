using System.Net;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Rekey.Local.Tls;

/// <summary>
/// A Kestrel on 127.0.0.1 that takes nothing from the environment or from settings files: two stand-ins in one process must not fight
/// over ASPNETCORE_URLS. HTTP/1.1 only, so that a dropped connection is a dropped connection.
/// </summary>
internal sealed class LoopbackHost : IAsyncDisposable
{
    private const long MaxBodyBytes = 16 * 1024 * 1024;
    private readonly WebApplication _app;

    private LoopbackHost(WebApplication app, int port, string scheme)
    {
        _app = app;
        Port = port;
        Address = new Uri($"{scheme}://localhost:{port}/");
    }

    public int Port { get; }

    public Uri Address { get; }

    public static async Task<LoopbackHost> StartAsync(
        int port,
        X509Certificate2? certificate,
        Action<WebApplication> map,
        CancellationToken cancellationToken,
        Action<WebApplicationBuilder>? services = null
    )
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Logging.AddSimpleConsole().SetMinimumLevel(LogLevel.Warning);
        builder.Services.AddRoutingCore();
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = TimeSpan.FromSeconds(2));
        builder
            .WebHost.UseKestrelCore()
            .UseKestrelHttpsConfiguration()
            .ConfigureKestrel(kestrel =>
            {
                kestrel.AddServerHeader = false;
                kestrel.Limits.MaxRequestBodySize = MaxBodyBytes;
                kestrel.Listen(IPAddress.Loopback, port, listen =>
                {
                    listen.Protocols = HttpProtocols.Http1;
                    if (certificate is not null)
                    {
                        listen.UseHttps(certificate);
                    }
                });
            });

        services?.Invoke(builder);
        var app = builder.Build();
        try
        {
            map(app);
            await app.StartAsync(cancellationToken);
            var address = new Uri(
                app.Services.GetRequiredService<IServer>().Features.GetRequiredFeature<IServerAddressesFeature>().Addresses.First()
            );
            return new LoopbackHost(app, address.Port, certificate is null ? "http" : "https");
        }
        catch
        {
            await app.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
    }
}
