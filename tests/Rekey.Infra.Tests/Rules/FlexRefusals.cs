namespace Rekey.Infra.Tests.Rules;

/// <summary>What a function app on Flex Consumption must not have, with the source of each list.</summary>
internal static class FlexRefusals
{
    /// <summary>ARM error 51021 ("site configuration properties for Flex Consumption sites is invalid"), as quoted in
    /// terraform-azurerm-avm-res-web-site issue 360; and "Flex Consumption plan deprecations" in the reference of app settings.</summary>
    public static readonly string[] SiteConfiguration =
    [
        "ftpsState",
        "use32BitWorkerProcess",
        "preWarmedInstanceCount",
        "netFrameworkVersion",
        "functionsRuntimeScaleMonitoringEnabled",
        "functionAppScaleLimit",
        "linuxFxVersion",
        "windowsFxVersion",
        "javaVersion",
        "powerShellVersion",
        "vnetRouteAllEnabled",
        "appSettings",
    ];

    /// <summary>"Flex Consumption plan deprecations": properties of the site itself.</summary>
    public static readonly string[] Site = ["containerSize", "isReserved", "isXenon", "reserved", "vnetContentShareEnabled"];

    /// <summary>"Flex Consumption plan deprecations": they have moved to functionAppConfig, or the platform sets them. WEBSITE_TIME_ZONE
    /// and TZ are not supported ("App settings reference").</summary>
    public static readonly string[] Settings =
    [
        "ENABLE_ORYX_BUILD",
        "FUNCTIONS_EXTENSION_VERSION",
        "FUNCTIONS_WORKER_RUNTIME",
        "FUNCTIONS_WORKER_RUNTIME_VERSION",
        "FUNCTIONS_MAX_HTTP_CONCURRENCY",
        "FUNCTIONS_WORKER_PROCESS_COUNT",
        "FUNCTIONS_WORKER_DYNAMIC_CONCURRENCY_ENABLED",
        "SCM_DO_BUILD_DURING_DEPLOYMENT",
        "TZ",
        "WEBSITE_CONTENTAZUREFILECONNECTIONSTRING",
        "WEBSITE_CONTENTOVERVNET",
        "WEBSITE_CONTENTSHARE",
        "WEBSITE_DNS_SERVER",
        "WEBSITE_MAX_DYNAMIC_APPLICATION_SCALE_OUT",
        "WEBSITE_NODE_DEFAULT_VERSION",
        "WEBSITE_RUN_FROM_PACKAGE",
        "WEBSITE_SKIP_CONTENTSHARE_VALIDATION",
        "WEBSITE_TIME_ZONE",
        "WEBSITE_VNET_ROUTE_ALL",
    ];
}
