using System.Net;
using System.Text.Json;
using Rekey.AspNetCore.Tests.Support;
using YamlDotNet.RepresentationModel;

namespace Rekey.AspNetCore.Tests.Sidecars;

/// <summary>The example of docs/gateways for Envoy: its fields are Envoy's, and the sidecar answers what it makes Envoy ask.</summary>
public sealed class EnvoyTests
{
    /// <summary>The fields of Envoy's v3 API that the example may use, by message.</summary>
    private static readonly Dictionary<string, string[]> Fields = new(StringComparer.Ordinal)
    {
        ["Bootstrap"] = ["static_resources"],
        ["static_resources"] = ["listeners", "clusters"],
        ["listeners"] = ["name", "address", "filter_chains"],
        ["address"] = ["socket_address"],
        ["socket_address"] = ["address", "port_value"],
        ["filter_chains"] = ["filters"],
        ["filters"] = ["name", "typed_config"],
        ["http_filters"] = ["name", "typed_config"],
        ["HttpConnectionManager"] =
        [
            "@type",
            "stat_prefix",
            "use_remote_address",
            "normalize_path",
            "merge_slashes",
            "path_with_escaped_slashes_action",
            "http_filters",
            "route_config",
        ],
        ["ExtAuthz"] = ["@type", "http_service", "failure_mode_allow", "status_on_error", "allowed_headers"],
        ["Router"] = ["@type"],
        ["status_on_error"] = ["code"],
        ["allowed_headers"] = ["patterns"],
        ["allowed_client_headers"] = ["patterns"],
        ["patterns"] = ["exact"],
        ["http_service"] = ["server_uri", "path_prefix", "authorization_request", "authorization_response"],
        ["server_uri"] = ["uri", "cluster", "timeout"],
        ["authorization_response"] = ["allowed_client_headers"],
        ["route_config"] = ["name", "virtual_hosts"],
        ["virtual_hosts"] = ["name", "domains", "routes"],
        ["routes"] = ["match", "route"],
        ["match"] = ["prefix"],
        ["route"] = ["cluster"],
        ["clusters"] = ["name", "type", "connect_timeout", "load_assignment"],
        ["load_assignment"] = ["cluster_name", "endpoints"],
        ["endpoints"] = ["lb_endpoints"],
        ["lb_endpoints"] = ["endpoint"],
        ["endpoint"] = ["address"],
    };

    [Fact]
    public void The_example_has_envoys_fields_and_is_closed_without_the_sidecar()
    {
        var example = Example();
        Check("Bootstrap", example);
        var filters = example["static_resources"]["listeners"][0]["filter_chains"][0]["filters"][0]["typed_config"]["http_filters"];

        // The filter that forwards comes last.
        Assert.Equal("envoy.filters.http.router", (string?)filters[1]["name"]);
        var asked = filters[0]["typed_config"];
        Assert.Equal("false", (string?)asked["failure_mode_allow"]);
        Assert.Equal("/rekey-authz", (string?)asked["http_service"]["path_prefix"]);
        var clusters = ((YamlSequenceNode)example["static_resources"]["clusters"]).Select(c => (string?)c["name"]).ToList();
        Assert.Contains((string?)asked["http_service"]["server_uri"]["cluster"], clusters);
        Assert.Equal(
            ["exact: x-forwarded-for", "exact: user-agent"],
            ((YamlSequenceNode)asked["allowed_headers"]["patterns"]).Select(p => $"exact: {p["exact"]}")
        );
    }

    /// <summary>Envoy sends the request's own method, its path behind the prefix, and no body.</summary>
    [Fact]
    public async Task The_sidecar_answers_what_envoy_asks()
    {
        await using var world = await GatewayWorld.StartAsync(DateTimeOffset.UtcNow);
        await world.PublishBlocksAsync(world.Block("blocked"));
        var (process, address) = await SidecarProcess.StartAsync(world.Server.Address, world.Signer.Public, world.Folder);
        await using var sidecar = process;
        Assert.Equal(
            (HttpStatusCode.OK, null),
            await AskAsync(address, HttpMethod.Post, "/rekey-authz/orders/1?x=1", SidecarTests.Fresh(world))
        );
        Assert.Equal(
            (HttpStatusCode.Unauthorized, "Bearer error=\"invalid_token\""),
            await AskAsync(address, HttpMethod.Delete, "/rekey-authz/orders/1", SidecarTests.Fresh(world, "blocked"))
        );

        // What a caller names like the health endpoint is no way around the decision.
        foreach (var path in new[] { "/rekey-authz/healthz", "/rekey-authz/../healthz", "/rekey-authz/%2e%2e/healthz", "/healthz?x" })
        {
            Assert.Equal((HttpStatusCode.Unauthorized, "Bearer"), await AskAsync(address, HttpMethod.Get, path, token: null));
        }

        Assert.Equal((HttpStatusCode.OK, null), await AskAsync(address, HttpMethod.Get, "/healthz", token: null));
        await sidecar.StopAsync();
        var row = JsonElement.Parse(
            Assert.Single(Directory.GetFiles(Path.Combine(world.Folder, "log", "GatewayAccess")).SelectMany(File.ReadAllLines))
        );
        Assert.Equal("/orders/1", row.GetProperty("Path").GetString());
        Assert.Equal("203.0.113.9", row.GetProperty("SrcIpAddr").GetString());
    }

    private static void Check(string message, YamlNode node)
    {
        switch (node)
        {
            case YamlSequenceNode items:
                foreach (var item in items)
                {
                    Check(message, item);
                }

                break;
            case YamlMappingNode members:
                foreach (var (key, value) in members)
                {
                    var name = key.ToString();
                    Assert.Contains(name, Fields[message]);
                    Check(name == "typed_config" ? value["@type"].ToString().Split('.')[^1] : name, value);
                }

                break;
        }
    }

    private static YamlNode Example()
    {
        var yaml = new YamlStream();
        using var file = File.OpenText(Path.Combine(NginxTests.Root, "docs/gateways/envoy.yaml"));
        yaml.Load(file);
        return yaml.Documents.Single().RootNode;
    }

    /// <summary>The path as it is: <see cref="Uri"/> would take the dots away.</summary>
    private static async Task<(HttpStatusCode Status, string? Challenge)> AskAsync(
        Uri address,
        HttpMethod method,
        string path,
        string? token
    )
    {
        using var http = new HttpClient();
        var target = new Uri(
            $"{address.GetLeftPart(UriPartial.Authority)}{path}",
            new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true }
        );
        using var request = new HttpRequestMessage(method, target);
        request.Headers.Add("X-Forwarded-For", "198.51.100.1, 203.0.113.9");
        if (token is not null)
        {
            request.Headers.Authorization = new("Bearer", token);
        }

        using var reply = await http.SendAsync(request, TestContext.Current.CancellationToken);
        return (reply.StatusCode, reply.Headers.WwwAuthenticate.SingleOrDefault()?.ToString());
    }
}
