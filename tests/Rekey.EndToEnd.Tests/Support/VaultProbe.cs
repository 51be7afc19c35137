using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.IdentityModel.Tokens;
using Rekey.Local.Identity;
using Rekey.Local.Worlds;
using Rekey.Trust.Jose;

namespace Rekey.EndToEnd.Tests.Support;

/// <summary>Asks the vault itself, as an issuer or an administrator, what Rekey has done there.</summary>
internal static class VaultProbe
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>Whether the vault signs with this version for the issuer, who may.</summary>
    public static async Task<bool> CanSignAsync(this LocalCompany company, WorldKey key, string version, string? algorithm = null)
    {
        var body = new JsonObject
        {
            ["alg"] = algorithm ?? (key.IsRsa ? "PS256" : "ES256"),
            ["value"] = Base64UrlEncoder.Encode(SHA256.HashData([1, 2, 3])),
        };
        using var reply = await SendAsync(company, HttpMethod.Post, $"keys/{key.Name}/{version}/sign", World.IssuerObjectId, body);
        Assert.True(reply.StatusCode is HttpStatusCode.OK or HttpStatusCode.Forbidden, $"{reply.StatusCode}");
        return reply.StatusCode is HttpStatusCode.OK;
    }

    public static async Task<JsonElement> ReadVersionAsync(this LocalCompany company, WorldKey key, string version)
    {
        using var reply = await SendAsync(company, HttpMethod.Get, $"keys/{key.Name}/{version}", person: null, body: null);
        reply.EnsureSuccessStatusCode();
        return await reply.Content.ReadFromJsonAsync<JsonElement>(Cancel);
    }

    /// <summary>Anything that an administrator sends.</summary>
    public static async Task AdminAsync(this LocalCompany company, HttpMethod method, string path, JsonNode body)
    {
        using var reply = await SendAsync(company, method, path, person: null, body);
        reply.EnsureSuccessStatusCode();
    }

    /// <summary>RFC 7638 thumbprint of a version.</summary>
    public static string ThumbprintOf(this LocalCompany company, WorldKey key, string version)
    {
        using var pair = company.World.Vault.ExportPrivateKey(key.Name, version);
        return JwkOf(pair).Thumbprint;
    }

    public static PublicJwk JwkOf(AsymmetricAlgorithm pair)
    {
        if (pair is ECDsa ec)
        {
            var point = ec.ExportParameters(includePrivateParameters: false).Q;
            return PublicJwk.FromVault("EC", "P-256", Base64UrlEncoder.Encode(point.X), Base64UrlEncoder.Encode(point.Y), n: null, e: null);
        }

        var rsa = ((RSA)pair).ExportParameters(includePrivateParameters: false);
        return PublicJwk.FromVault(
            "RSA",
            curve: null,
            x: null,
            y: null,
            Base64UrlEncoder.Encode(rsa.Modulus),
            Base64UrlEncoder.Encode(rsa.Exponent)
        );
    }

    private static async Task<HttpResponseMessage> SendAsync(
        LocalCompany company,
        HttpMethod method,
        string path,
        string? person,
        JsonNode? body
    )
    {
        var world = company.World;
        using var request = new HttpRequestMessage(method, new Uri(world.Vault.Address, $"{path}?api-version=2025-07-01"));
        request.Headers.Authorization = new(
            "Bearer",
            person is null ? world.Admin.VaultToken() : world.Identity.Mint(person, Audiences.KeyVault)
        );
        request.Content = body is null ? null : JsonContent.Create(body);
        return await world.Http.SendAsync(request, Cancel);
    }
}
