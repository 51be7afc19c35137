using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Reflection;
using Rekey.AspNetCore.Tests.Support;

namespace Rekey.AspNetCore.Tests.Sidecars;

/// <summary>The example of docs/gateways: NGINX asks rekey-authz about each request.</summary>
public sealed class NginxTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Nginx_forwards_what_the_sidecar_accepts_and_nothing_else()
    {
        var nginx = new[] { "/usr/sbin/nginx", "/usr/local/sbin/nginx", "/opt/homebrew/bin/nginx" }.FirstOrDefault(File.Exists);
        if (nginx is null && Environment.GetEnvironmentVariable("CI") != "true")
        {
            Assert.Skip("NGINX is not installed: apt-get install nginx-light.");
        }

        Assert.True(nginx is not null, "NGINX is not installed: apt-get install nginx-light.");
        await using var world = await GatewayWorld.StartAsync(DateTimeOffset.UtcNow);
        await using var backend = await ListServer.StartAsync();
        backend.Put("/orders/1", "an order"u8.ToArray());
        await world.PublishBlocksAsync(world.Block("blocked"));
        var (process, sidecar) = await SidecarProcess.StartAsync(world.Server.Address, world.Signer.Public, world.Folder);
        await using var asked = process;

        var (folder, port) = (Directory.CreateTempSubdirectory("rekey-nginx-").FullName, FreePort());
        try
        {
            var example = await File.ReadAllTextAsync(Path.Combine(Root, "docs/gateways/nginx.conf"), Cancel);
            await File.WriteAllTextAsync(
                Path.Combine(folder, "nginx.conf"),
                example
                    .Replace("BACKEND;", $"{backend.Address.Authority};", StringComparison.Ordinal)
                    .Replace("SIDECAR;", $"{sidecar.Authority};", StringComparison.Ordinal)
                    .Replace("LISTEN;", $"127.0.0.1:{port};", StringComparison.Ordinal)
                    .Replace("error_log stderr;", "error_log stderr notice;", StringComparison.Ordinal),
                Cancel
            );
            var (started, _) = await SidecarProcess.StartAsync(
                new ProcessStartInfo(nginx, ["-p", folder, "-c", Path.Combine(folder, "nginx.conf"), "-e", "stderr"]),
                line => line.Contains("start worker process ", StringComparison.Ordinal)
            );
            await using var running = started;
            Assert.Equal((HttpStatusCode.OK, null, "an order"), await CallAsync(port, SidecarTests.Fresh(world)));
            foreach (var token in new[] { SidecarTests.Fresh(world, "blocked"), "garbage" })
            {
                var (status, challenge, text) = await CallAsync(port, token);
                Assert.Equal((HttpStatusCode.Unauthorized, "Bearer error=\"invalid_token\""), (status, challenge));
                Assert.DoesNotContain("order", text, StringComparison.Ordinal);
            }

            Assert.Single(backend.Requests);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    internal static string Root =>
        typeof(NginxTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == "RepositoryFolder").Value!;

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static async Task<(HttpStatusCode Status, string? Challenge, string Text)> CallAsync(int port, string token)
    {
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, $"http://127.0.0.1:{port}/orders/1");
        request.Headers.Authorization = new("Bearer", token);
        using var reply = await http.SendAsync(request, Cancel);
        return (
            reply.StatusCode,
            reply.Headers.WwwAuthenticate.SingleOrDefault()?.ToString(),
            await reply.Content.ReadAsStringAsync(Cancel)
        );
    }
}
