using Rekey.Local.KeyVault.Operations;

namespace Rekey.Local.KeyVault.Server;

/// <summary>Which path is which operation (Microsoft Learn, "Azure Key Vault REST API reference").</summary>
internal static class VaultRoutes
{
    public static void Map(
        WebApplication app,
        VaultRequestPipeline pipeline,
        KeyOperations keys,
        CryptoOperations crypto,
        LifetimeOperations lifetime
    )
    {
        // The official clients write an empty version as an empty segment: /keys/{name}//sign means the latest.
        app.Use(
            (http, next) =>
            {
                http.Request.Path = http.Request.Path.Value!.Replace("//", "/", StringComparison.Ordinal);
                return next(http);
            }
        );
        app.UseRouting();

        Map("POST", "/keys/{name}/create", VaultOperation.Create, keys.CreateAsync);
        Map("PUT", "/keys/{name}", VaultOperation.Import, keys.ImportAsync);
        Map("GET", "/keys/{name}/{version?}", VaultOperation.Get, keys.GetAsync);
        Map("GET", "/keys", VaultOperation.List, keys.ListAsync);
        Map("GET", "/keys/{name}/versions", VaultOperation.ListVersions, keys.ListVersionsAsync);
        Map("PATCH", "/keys/{name}/{version?}", VaultOperation.Update, keys.UpdateAsync);
        Map("POST", "/keys/{name}/rotate", VaultOperation.Rotate, keys.RotateAsync);
        Map("GET", "/keys/{name}/rotationpolicy", VaultOperation.GetPolicy, keys.GetPolicyAsync);
        Map("PUT", "/keys/{name}/rotationpolicy", VaultOperation.SetPolicy, keys.SetPolicyAsync);

        MapUse("sign", VaultOperation.Sign, crypto.SignAsync);
        MapUse("verify", VaultOperation.Verify, crypto.VerifyAsync);
        MapUse("encrypt", VaultOperation.Encrypt, crypto.EncryptAsync);
        MapUse("decrypt", VaultOperation.Decrypt, crypto.DecryptAsync);
        MapUse("wrapkey", VaultOperation.Wrap, crypto.WrapAsync);
        MapUse("unwrapkey", VaultOperation.Unwrap, crypto.UnwrapAsync);

        Map("POST", "/keys/{name}/backup", VaultOperation.Backup, lifetime.BackupAsync);
        Map("POST", "/keys/restore", VaultOperation.Restore, lifetime.RestoreAsync);
        Map("DELETE", "/keys/{name}", VaultOperation.Delete, lifetime.DeleteAsync);
        Map("GET", "/deletedkeys", VaultOperation.ListDeleted, lifetime.ListDeletedAsync);
        Map("GET", "/deletedkeys/{name}", VaultOperation.GetDeleted, lifetime.GetDeletedAsync);
        Map("POST", "/deletedkeys/{name}/recover", VaultOperation.Recover, lifetime.RecoverAsync);
        Map("DELETE", "/deletedkeys/{name}", VaultOperation.Purge, lifetime.PurgeAsync);

        void Map(string method, string path, VaultOperation operation, Func<VaultCall, Task<VaultResponse>> work) =>
            app.MapMethods(path, [method], (RequestDelegate)(http => pipeline.RunAsync(http, operation, work)));

        void MapUse(string verb, VaultOperation operation, Func<VaultCall, Task<VaultResponse>> work)
        {
            Map("POST", "/keys/{name}/" + verb, operation, work);
            Map("POST", "/keys/{name}/{version}/" + verb, operation, work);
        }
    }
}
