using Rekey.AspNetCore.Tests.Support;

namespace Rekey.AspNetCore.Tests.Hosting;

/// <summary>The health endpoint says whether the gateway decides, and by current lists.</summary>
public sealed class GatewayHealthTests
{
    [Fact]
    public async Task It_goes_from_healthy_to_degraded_to_unhealthy_and_back()
    {
        await using var world = await GatewayWorld.StartAsync();
        var gateway = await world.GatewayAsync();
        Assert.Equal("200 Healthy", await HealthAsync(gateway));

        // One failed pull is nothing yet.
        world.Server.Trouble = context => Task.FromResult((context.Response.StatusCode = 500) == 500);
        await gateway.Gateway.PullAsync(TestContext.Current.CancellationToken);
        Assert.Equal("200 Healthy", await HealthAsync(gateway));
        world.Clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal("200 Degraded", await HealthAsync(gateway));
        world.Clock.Advance(TimeSpan.FromHours(12));
        Assert.Equal("503 Unhealthy", await HealthAsync(gateway));

        world.Server.Trouble = null;
        await world.PublishTrustAsync();
        await world.PublishBlocksAsync();
        await gateway.Gateway.PullAsync(TestContext.Current.CancellationToken);
        Assert.Equal("200 Healthy", await HealthAsync(gateway));
    }

    /// <summary>A mirror that is never written again answers every pull, and so does a Rekey that cannot sign.</summary>
    [Fact]
    public async Task Lists_that_should_have_been_signed_again_are_reported()
    {
        await using var world = await GatewayWorld.StartAsync();
        var gateway = await world.GatewayAsync();
        world.Clock.Advance(TimeSpan.FromHours(6) + TimeSpan.FromMinutes(15));
        Assert.Null((await gateway.Gateway.PullAsync(TestContext.Current.CancellationToken)).Failure);
        Assert.Equal("200 Healthy", await HealthAsync(gateway));
        world.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("200 Degraded", await HealthAsync(gateway));
    }

    private static async Task<string> HealthAsync(GatewayHost gateway)
    {
        using var reply = await gateway.CallAsync(token: null, "/health");
        return $"{(int)reply.StatusCode} {await reply.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)}";
    }
}
