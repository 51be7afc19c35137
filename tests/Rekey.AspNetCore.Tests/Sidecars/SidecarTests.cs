using System.Globalization;
using System.Net;
using System.Text.Json;
using Rekey.AspNetCore.Tests.Support;

namespace Rekey.AspNetCore.Tests.Sidecars;

/// <summary>rekey-authz as a process, asked as a gateway asks it.</summary>
public sealed class SidecarTests
{
    [Fact]
    public async Task It_answers_200_for_what_the_lists_accept_and_logs_the_original_request()
    {
        await using var world = await GatewayWorld.StartAsync(DateTimeOffset.UtcNow);
        var (process, address) = await SidecarProcess.StartAsync(world.Server.Address, world.Signer.Public, world.Folder);
        await using var sidecar = process;
        Assert.Equal((HttpStatusCode.OK, null), await AskAsync(address, Fresh(world)));
        Assert.Equal((HttpStatusCode.Unauthorized, "Bearer error=\"invalid_token\""), await AskAsync(address, "garbage"));
        Assert.Equal((HttpStatusCode.Unauthorized, "Bearer"), await AskAsync(address, token: null));
        using var http = new HttpClient();
        Assert.Equal("Healthy", await http.GetStringAsync(new Uri(address, "/healthz"), TestContext.Current.CancellationToken));
        await sidecar.StopAsync();

        // No line for each request: writing it would cost more than the decision.
        Assert.DoesNotContain(sidecar.Said, l => l.Contains("/orders", StringComparison.Ordinal));
        Assert.DoesNotContain(sidecar.Said, l => l.Contains("Request starting", StringComparison.Ordinal));

        var row = JsonElement.Parse(Assert.Single(Lines(world, "GatewayAccess")));
        Assert.Equal("/orders/1", row.GetProperty("Path").GetString());
        Assert.Equal("203.0.113.9", row.GetProperty("SrcIpAddr").GetString());
        Assert.Equal("sidecar-1", row.GetProperty("Gateway").GetString());
        Assert.Single(Lines(world, "GatewayRefusal"));
    }

    /// <summary>A token that is valid on the machine's own clock.</summary>
    internal static string Fresh(GatewayWorld world, string jti = "1")
    {
        var now = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        return world.Issuer.Mint(
            TestIssuer.Claims(
                jti: $"\"{jti}\"",
                iat: string.Create(CultureInfo.InvariantCulture, $"{now}.0"),
                exp: string.Create(CultureInfo.InvariantCulture, $"{now + 600}.0")
            )
        );
    }

    private static IEnumerable<string> Lines(GatewayWorld world, string stream) =>
        Directory.GetFiles(Path.Combine(world.Folder, "log", stream)).SelectMany(File.ReadAllLines);

    private static async Task<(HttpStatusCode Status, string? Challenge)> AskAsync(Uri address, string? token)
    {
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        request.Headers.Add("X-Original-URI", "/orders/1?secret=1");
        request.Headers.Add("X-Real-IP", "203.0.113.9");
        if (token is not null)
        {
            request.Headers.Authorization = new("Bearer", token);
        }

        using var reply = await http.SendAsync(request, TestContext.Current.CancellationToken);
        return (reply.StatusCode, reply.Headers.WwwAuthenticate.SingleOrDefault()?.ToString());
    }
}
