import { Breadcrumb, BreadcrumbItem, Content, PageSection, Title } from "@patternfly/react-core";
import { useEffect, useRef, type ReactNode } from "react";
import { Link } from "react-router";

interface Props {
  title: string;
  /** The page above, for detail pages. */
  parent?: { to: string; label: string };
  /** Stands beside the title: a status. */
  status?: ReactNode;
  subtitle?: ReactNode;
  actions?: ReactNode;
}

/** The head of every page: names the window, and takes the focus when the person came here by a link. */
export function PageHeader({ title, parent, status, subtitle, actions }: Props) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = `${title} · Roster`;
  }, [title]);
  useEffect(() => {
    // On the first load the browser's own order (skip link first) is right.
    if (navigated) heading.current?.focus({ preventScroll: true });
    navigated = true;
  }, []);
  return (
    <PageSection className="roster-page-header">
      {parent && (
        <Breadcrumb>
          <BreadcrumbItem>
            <Link to={parent.to}>{parent.label}</Link>
          </BreadcrumbItem>
          <BreadcrumbItem isActive>
            <span className="roster-crumb">{title}</span>
          </BreadcrumbItem>
        </Breadcrumb>
      )}
      <div className="roster-page-title">
        <Title headingLevel="h1" tabIndex={-1} ref={heading}>
          {title}
        </Title>
        {status}
        {actions && <div className="roster-page-actions">{actions}</div>}
      </div>
      {subtitle && <Content component="p">{subtitle}</Content>}
    </PageSection>
  );
}

let navigated = false;
