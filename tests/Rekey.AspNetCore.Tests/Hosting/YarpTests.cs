using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Rekey.AspNetCore.Tests.Support;
using Yarp.ReverseProxy.Configuration;

namespace Rekey.AspNetCore.Tests.Hosting;

/// <summary>The example of docs/gateways: YARP, with the decision in its own process.</summary>
public sealed class YarpTests
{
    [Fact]
    public async Task Yarp_forwards_what_the_lists_accept_and_nothing_else()
    {
        await using var world = await GatewayWorld.StartAsync();
        await using var backend = await ListServer.StartAsync();
        backend.Put("/orders/1", "an order"u8.ToArray());
        var gateway = await world.GatewayAsync(
            services: builder =>
                builder
                    .Services.AddReverseProxy()
                    .LoadFromMemory(
                        [
                            new RouteConfig
                            {
                                RouteId = "orders",
                                ClusterId = "orders",
                                AuthorizationPolicy = "default",
                                Match = new() { Path = "/orders/{**rest}" },
                            },
                        ],
                        [
                            new ClusterConfig
                            {
                                ClusterId = "orders",
                                Destinations = new Dictionary<string, DestinationConfig>(StringComparer.Ordinal)
                                {
                                    ["one"] = new() { Address = backend.Address.AbsoluteUri },
                                },
                            },
                        ]
                    ),
            map: app => app.MapReverseProxy()
        );

        using var honest = await gateway.CallAsync(world.Issuer.Mint(), "/orders/1");
        Assert.Equal("an order", await honest.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        await world.PublishBlocksAsync(world.Block("1"));
        await gateway.Gateway.PullAsync(TestContext.Current.CancellationToken);
        using var blocked = await gateway.CallAsync(world.Issuer.Mint(), "/orders/1");
        Assert.Equal("Bearer error=\"invalid_token\"", Assert.Single(blocked.Headers.WwwAuthenticate).ToString());
        Assert.Single(backend.Requests);
    }
}
