namespace Rekey.Local.Tests.Support;

/// <summary>A test with a tenant of its own.</summary>
public abstract class LocalTest : IAsyncLifetime
{
    protected LocalTenant Tenant { get; private set; } = null!;

    public virtual async ValueTask InitializeAsync() => Tenant = await LocalTenant.StartAsync();

    public async ValueTask DisposeAsync()
    {
        await Tenant.DisposeAsync();
        GC.SuppressFinalize(this);
    }
}
